import { type Actor, defineActor, defineProtocol } from "@troupe/actor";
import { openAuctioneerProtocol, openBidderMessages } from "../open/protocol.ts";
import { packageAuctioneerProtocol, packageBidderMessages } from "../packages/protocol.ts";
import { auctioneerProtocol, bidderMessages } from "../protocol.ts";
import type { BidBook } from "./bid-book.ts";

/** A bidder in auctions of every kind. */
export const everyBidderProtocol = defineProtocol("every-bidder", {
  ...bidderMessages,
  ...openBidderMessages,
  ...packageBidderMessages,
});

/** The id of an auction, of which an announcement names one round. */
function auctionOf(round: string): string {
  return round.split("/")[0] ?? round;
}

/** A bidder of a simulation, that does what the book says of it. */
export function simulatedBidder(
  book: BidBook,
  others: readonly string[],
): Actor<typeof everyBidderProtocol.messages> {
  return defineActor(
    everyBidderProtocol,
    (context) => {
      const me = context.self.address;
      /** The same answer in everybody's name: no other's token goes with it. */
      const names =
        book.mannerOf(me) === "forging" ? [me, ...others.filter((one) => one !== me)] : [me];
      return {
        announce: ({ auction, auctioneer }) => {
          const ref = context.ref(auctioneerProtocol, auctioneer);
          if (book.mannerOf(me) === "shy") {
            ref.tell("refuse", { auction, bidder: me, reason: "no tool" });
            return;
          }
          for (const bid of book.bids(auctionOf(auction), auction, me)) ref.tell("bid", bid);
        },
        award: async ({ auction }) => {
          const takes = book.takes(auctionOf(auction), me);
          if (takes === undefined) await new Promise<never>(() => {});
          return takes ? { accepted: true } : { accepted: false, reason: "busy" };
        },
        reject: () => {},
        quote: ({ session, step, token, chair, quote }) => {
          const ref = context.ref(openAuctioneerProtocol, chair);
          for (const answer of book.offers(session, me, quote)) {
            for (const party of names) ref.tell("offer", { session, step, party, token, answer });
          }
        },
        closed: () => {},
        tender: ({ session, step, token, chair, tender }) => {
          const ref = context.ref(packageAuctioneerProtocol, chair);
          for (const answer of book.answers(session, me, tender)) {
            for (const party of names) ref.tell("answer", { session, step, party, token, answer });
          }
        },
        settled: () => {},
      };
    },
    { interleave: ["award"] },
  );
}
