import {
  type AuctionFailure,
  type ContractNet,
  type NextStep,
  type Reasoned,
  type RefusedBid,
  silentBidders,
} from "./contract-net.ts";
import { compareBids, type ScoredBid } from "./score.ts";

/** What is known of an auction once it is over. Plain JSON data, the caller's own. */
export interface AuctionRecord {
  auction: string;
  conversation?: string;
  /** All bids considered in the last round, best first. */
  bids: ScoredBid[];
  /** Bidders that would not bid in the last round, or whose bid did not meet the conditions. */
  refusals: Reasoned[];
  /** Bidders not heard of in the last round. */
  silent: string[];
  /** Bidders that won in any round, but declined or did not answer. */
  declined: Reasoned[];
  /** Evidence: bids of all rounds that were not considered, and why; at most 1000. */
  refused: RefusedBid[];
  /** All refused bids, those beyond the kept ones included. */
  refusedCount: number;
  /** How often the task was announced. */
  rounds: number;
}

/** How an auction ended. */
export type AuctionOutcome =
  | (AuctionRecord & { awarded: true; winner: string; price: number })
  | (AuctionRecord & { awarded: false; reason: AuctionFailure });

/** The outcome of an auction that came to its end. */
export function auctionOutcome(
  net: ContractNet,
  end: Extract<NextStep, { do: "end" }>,
  conversation?: string,
): AuctionOutcome {
  const record: AuctionRecord = {
    auction: net.announcement.id,
    ...(conversation === undefined ? {} : { conversation }),
    bids: net.bids.toSorted(compareBids),
    refusals: [...net.refusals],
    silent: [...silentBidders(net)],
    declined: [...net.declined],
    refused: [...net.refused],
    refusedCount: net.refusedCount,
    rounds: net.announcement.bidders.length === 0 ? 0 : net.round,
  };
  return end.awarded
    ? { ...record, awarded: true, winner: end.bid.bidder, price: end.price }
    : { ...record, awarded: false, reason: end.reason };
}
