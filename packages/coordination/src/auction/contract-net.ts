import { type Announcement, roundId } from "./announcement.ts";
import { firstPrice, secondPrice } from "./price.ts";
import type { Bid } from "./protocol.ts";
import { compareBids, type Offer, type ScoredBid, scoreOffer } from "./score.ts";

/** Most refused bids kept as evidence; beyond it they are only counted. */
export const evidenceLimit = 1000;

/**
 * Why a bid was not considered.
 *
 * - `wrong-auction`: for another auction, or for another round of this one.
 * - `ineligible`: by somebody who was not invited.
 * - `forged`: in the name of a bidder, but sent by another actor; `sender` says which.
 * - `repeated`, `contradictory`: a second bid of the same bidder in the round, equal or different;
 *   the first stands.
 * - `late`: after bidding had ended, in the order of arrival.
 * - `invalid`: not a number, negative, or outside 0 to 1 where that is the range.
 * - `above-reserve`, `below-requirements`: does not meet what was announced.
 */
export type BidRefusal =
  | "wrong-auction"
  | "ineligible"
  | "forged"
  | "repeated"
  | "contradictory"
  | "late"
  | "invalid"
  | "above-reserve"
  | "below-requirements";

/** Refusals that leave the bidder without another try in the round. */
const answersRound: ReadonlySet<BidRefusal> = new Set([
  "invalid",
  "above-reserve",
  "below-requirements",
]);

/** A bid that was not considered, kept as evidence. `sequence` is its place in the order of arrival. */
export interface RefusedBid {
  readonly why: BidRefusal;
  readonly sequence: number;
  readonly bid: Bid;
  /** Of a forged bid: address of the actor that sent it. */
  readonly sender?: string;
}

/** A bidder that gave a reason: for not bidding, or for not accepting. */
export interface Reasoned {
  bidder: string;
  reason: string;
}

/** An auction under way. Plain data; every change makes a new value. */
export interface ContractNet {
  readonly announcement: Announcement;
  /** From 1. */
  readonly round: number;
  readonly phase: "bidding" | "awarding" | "accepted";
  /** Bids considered in this round, in the order they came. */
  readonly bids: readonly ScoredBid[];
  /** Bidders that will not bid in this round, or whose bid does not meet the conditions. */
  readonly refusals: readonly Reasoned[];
  /** Winners of any round that declined or did not answer. */
  readonly declined: readonly Reasoned[];
  /** Bids of this round whose award was declined. */
  readonly passedOver: readonly string[];
  readonly refused: readonly RefusedBid[];
  /** All refused bids, those beyond the kept ones included. */
  readonly refusedCount: number;
  /** Bids that arrived, considered or not. */
  readonly received: number;
}

/** Why nobody got the task, as of the last round. */
export type AuctionFailure = "no-bidders" | "no-bids" | "all-declined";

/** What is to be done next. */
export type NextStep =
  | { readonly do: "wait" }
  | { readonly do: "award"; readonly bid: ScoredBid; readonly price: number }
  | { readonly do: "announce"; readonly round: number }
  | { readonly do: "end"; readonly awarded: true; readonly bid: ScoredBid; readonly price: number }
  | { readonly do: "end"; readonly awarded: false; readonly reason: AuctionFailure };

/** An auction just announced, without bids. */
export function openAuction(announcement: Announcement): ContractNet {
  return {
    announcement,
    round: 1,
    phase: announcement.bidders.length === 0 ? "awarding" : "bidding",
    bids: [],
    refusals: [],
    declined: [],
    passedOver: [],
    refused: [],
    refusedCount: 0,
    received: 0,
  };
}

/**
 * Takes a bid, or refuses it with the reason. A bid that is invalid or does not meet what was announced
 * is the bidder's only one in the round all the same. Ends the bidding when all have answered.
 *
 * @param impostor address of the actor that sent it, if that is not the bidder it names
 */
export function receiveBid(
  net: ContractNet,
  bid: Bid,
  impostor?: string,
): { readonly net: ContractNet; readonly refusal: BidRefusal | undefined } {
  const received = net.received + 1;
  const refusal = refusalOf(net, bid, impostor);
  if (refusal !== undefined) {
    const noted = {
      ...net,
      received,
      refusedCount: net.refusedCount + 1,
      refused:
        net.refused.length < evidenceLimit
          ? [
              ...net.refused,
              {
                why: refusal,
                sequence: received,
                bid,
                ...(impostor === undefined ? {} : { sender: impostor }),
              },
            ]
          : net.refused,
    };
    if (!answersRound.has(refusal)) return { refusal, net: noted };
    const refusals = [...net.refusals, { bidder: bid.bidder, reason: `bid refused: ${refusal}` }];
    return { refusal, net: closeIfComplete({ ...noted, refusals }) };
  }
  const { bidder, cost, durationMs, quality, confidence, note } = bid;
  const scored: ScoredBid = {
    bidder,
    cost,
    durationMs,
    quality,
    confidence,
    score: scoreOffer(bid, net.announcement.weights),
    ...(note === undefined ? {} : { note }),
  };
  return { refusal, net: closeIfComplete({ ...net, received, bids: [...net.bids, scored] }) };
}

/** Notes that a bidder will not bid. What comes from others, twice, or after a bid is ignored. */
export function receiveRefusal(
  net: ContractNet,
  { auction, bidder, reason }: { auction: string; bidder: string; reason: string },
): ContractNet {
  const expected =
    net.phase === "bidding" &&
    auction === roundId(net.announcement.id, net.round) &&
    silentBidders(net).includes(bidder);
  if (!expected) return net;
  return closeIfComplete({ ...net, refusals: [...net.refusals, { bidder, reason }] });
}

/** Ends the bidding of this round: what comes after is late. */
export function closeBidding(net: ContractNet): ContractNet {
  return net.phase === "bidding" ? { ...net, phase: "awarding" } : net;
}

/** Notes what the bidder answered to its award. A reason given means that it does not take the task. */
export function receiveAwardAnswer(
  net: ContractNet,
  bidder: string,
  answer: { readonly accepted: true } | { readonly accepted: false; readonly reason: string },
): ContractNet {
  if (net.phase !== "awarding" || ranked(net)[0]?.bidder !== bidder) return net;
  if (answer.accepted) return { ...net, phase: "accepted" };
  return {
    ...net,
    declined: [...net.declined, { bidder, reason: answer.reason }],
    passedOver: [...net.passedOver, bidder],
  };
}

/** Starts the next round: everybody may bid again. */
export function nextRound(net: ContractNet): ContractNet {
  return {
    ...net,
    round: net.round + 1,
    phase: "bidding",
    bids: [],
    refusals: [],
    passedOver: [],
  };
}

/** What is to be done next: wait for bids, award the best, announce again, or end. */
export function nextStep(net: ContractNet): NextStep {
  if (net.announcement.bidders.length === 0) {
    return { do: "end", awarded: false, reason: "no-bidders" };
  }
  if (net.phase === "bidding") return { do: "wait" };
  const [best, ...others] = ranked(net);
  if (best !== undefined) {
    const { pricing, reserve } = net.announcement;
    const price = pricing === "first-price" ? firstPrice(best) : secondPrice(best, others, reserve);
    return net.phase === "accepted"
      ? { do: "end", awarded: true, bid: best, price }
      : { do: "award", bid: best, price };
  }
  if (net.round < net.announcement.rounds) return { do: "announce", round: net.round + 1 };
  return {
    do: "end",
    awarded: false,
    reason: net.bids.length === 0 ? "no-bids" : "all-declined",
  };
}

/** Invited bidders that have neither bid nor refused in this round. */
export function silentBidders({ announcement, bids, refusals }: ContractNet): readonly string[] {
  const heard = new Set([...bids, ...refusals].map(({ bidder }) => bidder));
  return announcement.bidders.filter((bidder) => !heard.has(bidder));
}

function ranked({ bids, passedOver }: ContractNet): readonly ScoredBid[] {
  return bids.filter(({ bidder }) => !passedOver.includes(bidder)).toSorted(compareBids);
}

function closeIfComplete(net: ContractNet): ContractNet {
  return silentBidders(net).length === 0 ? closeBidding(net) : net;
}

function refusalOf(
  net: ContractNet,
  bid: Bid,
  impostor: string | undefined,
): BidRefusal | undefined {
  const { announcement, round, bids, refusals, phase } = net;
  if (bid.auction !== roundId(announcement.id, round)) return "wrong-auction";
  if (!announcement.bidders.includes(bid.bidder)) return "ineligible";
  if (impostor !== undefined) return "forged";
  const own = net.refused.filter(
    ({ why, bid: one }) => why !== "forged" && one.auction === bid.auction,
  );
  const earlier = [...bids, ...own.map((one) => one.bid)];
  const answered = [...bids, ...refusals].some(({ bidder }) => bidder === bid.bidder);
  if (answered) {
    return earlier.some((one) => sameOffer(one, bid)) ? "repeated" : "contradictory";
  }
  if (phase !== "bidding") return "late";
  if (!isValid(bid)) return "invalid";
  if (announcement.reserve !== undefined && bid.cost > announcement.reserve) return "above-reserve";
  const { maxDurationMs, minQuality } = announcement.requirements;
  const tooSlow = maxDurationMs !== undefined && bid.durationMs > maxDurationMs;
  const tooPoor = minQuality !== undefined && bid.quality < minQuality;
  return tooSlow || tooPoor ? "below-requirements" : undefined;
}

function sameOffer(one: Offer, other: Offer): boolean {
  return (
    one.bidder === other.bidder &&
    Object.is(one.cost, other.cost) &&
    Object.is(one.durationMs, other.durationMs) &&
    Object.is(one.quality, other.quality) &&
    Object.is(one.confidence, other.confidence)
  );
}

function isValid({ cost, durationMs, quality, confidence }: Bid): boolean {
  const amount = (value: number) => Number.isFinite(value) && value >= 0;
  const share = (value: number) => value >= 0 && value <= 1;
  return amount(cost) && amount(durationMs) && share(quality) && share(confidence);
}
