import type { Weights } from "./announcement.ts";

/** What a bid is judged by. */
export interface Offer {
  readonly bidder: string;
  /** In the auction's unit; 0 or more. */
  readonly cost: number;
  /** From the award to the end of the work. */
  readonly durationMs: number;
  /** How good the result will be, 0 to 1. */
  readonly quality: number;
  /** How sure the bidder is of that, 0 to 1. */
  readonly confidence: number;
}

/** A bid with its score. */
export interface ScoredBid extends Offer {
  /** See {@link scoreOffer}: the lowest is the best. */
  readonly score: number;
  /** What the bidder adds for people. Default: nothing. */
  readonly note?: string;
}

/** Stands for zero, whose logarithm would outweigh everything by any weight. */
const least = 1e-9;

/**
 * Scores an offer; the lowest wins. The logarithm of the weighted product model (Bridgman 1922):
 *
 * `cost weight * ln(cost) + duration weight * ln(durationMs) - quality weight * ln(quality * confidence)`
 *
 * At equal weights, twice the cost weighs as much as twice the time or half the expected quality,
 * whatever the units. It looks at one offer alone: another bid cannot reorder those that are there.
 * Values below 1e-9 count as 1e-9.
 */
export function scoreOffer(offer: Omit<Offer, "bidder">, weights: Weights): number {
  const term = (value: number) => Math.log(Math.max(value, least));
  return (
    weights.cost * term(offer.cost) +
    weights.duration * term(offer.durationMs) -
    weights.quality * term(offer.quality * offer.confidence)
  );
}

/** Best first: by score, then lower cost, then shorter duration, then the bidder's name. */
export function compareBids(a: ScoredBid, b: ScoredBid): number {
  return (
    a.score - b.score ||
    a.cost - b.cost ||
    a.durationMs - b.durationMs ||
    (a.bidder < b.bidder ? -1 : a.bidder > b.bidder ? 1 : 0)
  );
}
