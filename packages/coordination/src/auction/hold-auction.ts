import type { ActorContext, Definitions, Ref } from "@troupe/actor";
import { z } from "zod";
import { checkSpec } from "../check-spec.ts";
import { conduct } from "../session/conduct.ts";
import { announce, type Pricing, type Requirements, type Weights } from "./announcement.ts";
import { auctioneer } from "./auctioneer.ts";
import type { AuctionOutcome } from "./outcome.ts";
import type { BidderMessages } from "./protocol.ts";

/** Somebody invited to bid. */
export interface Bidder {
  /** Any actor that understands the bidder's messages, whatever else it understands. */
  readonly ref: Ref<BidderMessages>;
  /** Name on its bids, unique in the auction; usually its address. */
  readonly member: string;
}

const conductSchema = z.object({
  deadlineMs: z.number().int().min(1).max(86_400_000),
  awardMs: z.number().int().min(1).max(3_600_000).default(5000),
});

/** What is auctioned and how. */
export interface AuctionSpec {
  /** Names the auction in bids and records. */
  readonly id: string;
  /** Conversation that the auction belongs to; goes with the announcement and into the outcome. */
  readonly conversation?: string;
  /** What the work takes; names the span. */
  readonly capability: string;
  /** What bidders need to know to bid, JSON data. */
  readonly task: unknown;
  /** What the winner needs to know to do it, JSON data: goes with the award only. */
  readonly order?: unknown;
  /** Milliseconds for bids in each round; at most a day. */
  readonly deadlineMs: number;
  /** Milliseconds for the answer to an award, which is asked twice if it stays out. Default 5000. */
  readonly awardMs?: number;
  /** How often the task is announced before the auction fails: 1 to 10. Default 2. */
  readonly rounds?: number;
  /** Default 1 each; with second price cost alone. */
  readonly weights?: Weights;
  /** Default first price. */
  readonly pricing?: Pricing;
  /** Highest cost that is considered. Default none. */
  readonly reserve?: number;
  /** What bids must promise at least to be considered. Default: nothing. */
  readonly requirements?: Requirements;
  /** W3C traceparent of the span that the auction is part of. Default: the message at hand. */
  readonly trace?: string;
}

/**
 * Finds somebody to do a task: a sealed-bid contract net, in which the lowest score wins.
 *
 * An ephemeral auctioneer, child of the calling actor, does the work. Bidding ends when all invited
 * have answered, at the latest at the deadline by the clock port. The best bidder is awarded the
 * task; when it declines, cannot be reached or does not answer, the next best is, and so on. When
 * nobody is left the task is announced again, a bounded number of times.
 *
 * A bidder whose acceptance was lost is told `reject` before the next one is asked, but that may be
 * lost, too: two may then work on the task, though only the one in the outcome was awarded it.
 * Effects of tasks must bear that, for example by being written once under the task's own name.
 *
 * The longest it can take is `rounds * (deadlineMs + bidders * 2 * awardMs)`, if every bidder bids
 * and then stays silent. The names on bids are believed: bidders must be kept from writing each
 * other's names by other means.
 *
 * @returns the winner and its price, or why there is none; an auction without bidders fails at once
 * @throws InvalidSpecError when the spec is wrong or a bidder is named twice
 * @throws InterruptedError when the calling actor stops first
 */
export async function holdAuction<D extends Definitions>(
  context: ActorContext<D>,
  spec: AuctionSpec,
  bidders: readonly Bidder[],
): Promise<AuctionOutcome> {
  const announcement = announce(
    spec,
    bidders.map(({ member }) => member),
  );
  const { deadlineMs, awardMs } = checkSpec(conductSchema, "auction", spec.id, spec);
  const { conversation, capability, task, order, trace } = spec;
  const attributes = {
    "troupe.auction": announcement.id,
    "troupe.auction.pricing": announcement.pricing,
    "troupe.auction.bidders": announcement.bidders.length,
    ...(conversation === undefined ? {} : { "troupe.conversation": conversation }),
  };
  return conduct(
    context,
    {
      kind: "auction",
      subject: ["auction", spec.id],
      name: `auction ${capability}`,
      attributes,
      trace,
      succeeded: (outcome) => outcome.awarded,
      describe: (outcome: AuctionOutcome) => ({
        "troupe.auction.awarded": outcome.awarded,
        "troupe.auction.rounds": outcome.rounds,
        "troupe.auction.bids": outcome.bids.length,
        "troupe.auction.refused": outcome.refusedCount,
        "troupe.auction.declined": outcome.declined.length,
        "troupe.auction.silent": outcome.silent.length,
        ...(outcome.awarded
          ? { "troupe.auction.winner": outcome.winner, "troupe.auction.price": outcome.price }
          : { "troupe.auction.reason": outcome.reason }),
      }),
    },
    (report, open) =>
      auctioneer({
        announcement,
        conversation,
        capability,
        task,
        order,
        deadlineMs,
        awardMs,
        bidders: new Map(bidders.map(({ member, ref }) => [member, ref.address])),
        trace: open,
        report,
      }),
  );
}
