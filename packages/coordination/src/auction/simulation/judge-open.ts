import type { SimulatedWorld } from "../../simulation/world.ts";
import type { OpenAuctionOutcome } from "../open/outcome.ts";
import type { OpenTerms } from "../open/terms.ts";
import type { BidBook } from "./bid-book.ts";

/** Looks at the outcome of an open auction: the price that its rule comes to, within the budget. */
export function judgeOpen(
  world: SimulatedWorld,
  book: BidBook,
  id: string,
  terms: OpenTerms,
  outcome: OpenAuctionOutcome,
): void {
  const { offers, declined } = outcome;
  const { reserve, start, step } = terms;
  const require = (holds: boolean, invariant: string): void =>
    world.require(holds, invariant, () => `${id}: ${JSON.stringify({ terms, outcome })}`);
  const isWithin = offers.every(({ price }) => price >= 0 && price <= reserve);
  require(isWithin, "nothing is considered above the reserve");
  const hasDeclined = (bidder: string): boolean => declined.some((one) => one.bidder === bidder);
  if (!outcome.awarded) {
    const isGiven = offers.some(({ bidder }) => !hasDeclined(bidder));
    require(!isGiven, "a task is given as long as somebody takes it");
    return;
  }
  const { winner, price } = outcome;
  require(book.takersOf(id).has(winner), "the winner has taken the task on");
  require(price <= reserve, "the price is within the budget");
  const last = offers.findLast(({ bidder }) => bidder === winner);
  require(last?.price === price, "the price is that of the rule");
  const cost = book.costOf(id, winner);
  require(price >= cost, "a winner is paid what it asked for");
  if (terms.kind === "dutch") {
    const isQuoted = price === reserve || (price - start) % step === 0;
    require(isQuoted, "the price is that of the rule");
    const earlier = offers.filter(({ bidder }) => bidder !== winner);
    require(earlier.every(({ bidder }) => hasDeclined(bidder)), "the best that takes it wins");
    return;
  }
  const lasting = new Map(offers.map((offer) => [offer.bidder, offer.price]));
  const better = [...lasting].filter(([bidder, offered]) => offered < price && bidder !== winner);
  require(better.every(([bidder]) => hasDeclined(bidder)), "the best that takes it wins");
}

/** What honest bidders that all can be reached come to, from what the task costs them. */
export function judgeOpenPrice(
  world: SimulatedWorld,
  id: string,
  terms: OpenTerms,
  costs: readonly number[],
  outcome: OpenAuctionOutcome,
): void {
  const [lowest = Number.POSITIVE_INFINITY, next = terms.reserve] = costs.toSorted((a, b) => a - b);
  const { start, step, reserve } = terms;
  const require = (holds: boolean, invariant: string): void =>
    world.require(holds, invariant, () => `${id}: ${JSON.stringify({ terms, costs, outcome })}`);
  if (lowest > reserve) return;
  require(outcome.awarded, "without faults a task is given");
  if (!outcome.awarded) return;
  if (terms.kind === "dutch") {
    const quoted = start + Math.ceil(Math.max(0, lowest - start) / step) * step;
    require(outcome.price === Math.min(quoted, reserve), "a Dutch auction ends at the lowest cost");
    return;
  }
  const isNear = outcome.price <= Math.min(next, reserve) + step && outcome.price >= lowest;
  require(isNear, "an English auction ends near the second lowest cost");
}
