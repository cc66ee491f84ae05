import { type Actor, defineActor, traced } from "@troupe/actor";
import { chair } from "../../session/chair.ts";
import type { Chairing } from "../../session/hold-session.ts";
import type { PackageAuction, PackageOutcome } from "./package-auction.ts";
import {
  type PackageAuctioneerMessages,
  packageAuctioneerProtocol,
  packageBidderProtocol,
} from "./protocol.ts";
import type { PackageAnswer, Tender } from "./question.ts";

/** What the auctioneer of a package auction needs to know. */
export interface PackageAuctioneerAssignment
  extends Chairing<PackageAuction, Tender, PackageAnswer, PackageOutcome> {
  readonly capability: string;
}

/** Holds one package auction and stops: calls for sealed offers, awards, awards anew what is declined, and reports. */
export function packageAuctioneer(
  assignment: PackageAuctioneerAssignment,
): Actor<PackageAuctioneerMessages> {
  return defineActor(packageAuctioneerProtocol, (context) => {
    const { id, addresses, capability, trace } = assignment;
    const bidder = (name: string) =>
      traced(context.ref(packageBidderProtocol, addresses.get(name) ?? name), trace);
    return {
      answer: chair(context, {
        ...assignment,
        ask: (party, envelope, tender) =>
          bidder(party).tell("tender", { ...envelope, capability, tender }),
        conclude: (party, { awards }) => {
          const won = awards.find((award) => award.bidder === party);
          bidder(party).tell("settled", {
            session: id,
            ...(won === undefined ? {} : { won: { portion: won.portion, price: won.price } }),
          });
        },
      }),
    };
  });
}
