import { type Actor, defineActor, traced } from "@troupe/actor";
import { chair } from "../../session/chair.ts";
import type { Chairing } from "../../session/hold-session.ts";
import type { OpenAuctionOutcome } from "./outcome.ts";
import {
  type OpenAuctioneerMessages,
  openAuctioneerProtocol,
  openBidderProtocol,
} from "./protocol.ts";
import type { OpenOffer, Quote } from "./question.ts";

/** What the auctioneer of an open auction needs to know. */
export interface OpenAuctioneerAssignment<State>
  extends Chairing<State, Quote, OpenOffer, OpenAuctionOutcome> {
  readonly capability: string;
}

/** Holds one open auction and stops: quotes, takes offers until the step is over, awards, and reports. */
export function openAuctioneer<State>(
  assignment: OpenAuctioneerAssignment<State>,
): Actor<OpenAuctioneerMessages> {
  return defineActor(openAuctioneerProtocol, (context) => {
    const { addresses, capability, trace } = assignment;
    const bidder = (name: string) =>
      traced(context.ref(openBidderProtocol, addresses.get(name) ?? name), trace);
    return {
      offer: chair(context, {
        ...assignment,
        ask: (party, envelope, quote) =>
          bidder(party).tell("quote", { ...envelope, capability, quote }),
        conclude: (party, outcome) =>
          bidder(party).tell("closed", {
            session: assignment.id,
            won: outcome.awarded && outcome.winner === party,
          }),
      }),
    };
  });
}
