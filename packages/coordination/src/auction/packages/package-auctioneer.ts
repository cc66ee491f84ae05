import { type Actor, defineActor, type TraceContext, traced } from "@troupe/actor";
import { type ChairAssignment, chair } from "../../session/chair.ts";
import type { PackageAuction, PackageOutcome } from "./package-auction.ts";
import {
  type PackageAuctioneerMessages,
  packageAuctioneerProtocol,
  packageBidderProtocol,
} from "./protocol.ts";
import type { PackageAnswer, Tender } from "./question.ts";

type Chairing = ChairAssignment<PackageAuction, Tender, PackageAnswer, PackageOutcome>;

/** What the auctioneer of a package auction needs to know. */
export interface PackageAuctioneerAssignment extends Omit<Chairing, "what" | "ask" | "conclude"> {
  readonly capability: string;
  readonly trace: TraceContext;
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
        what: "auction",
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
