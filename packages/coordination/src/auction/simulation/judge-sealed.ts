import type { SimulatedWorld } from "../../simulation/world.ts";
import { roundId } from "../announcement.ts";
import type { AuctionSpec } from "../hold-auction.ts";
import type { AuctionOutcome } from "../outcome.ts";
import type { BidBook } from "./bid-book.ts";

/** Looks at the outcome of a sealed auction: who was awarded, in which order, and at what price. */
export function judgeSealed(
  world: SimulatedWorld,
  book: BidBook,
  spec: AuctionSpec,
  bidders: readonly string[],
  outcome: AuctionOutcome,
): void {
  const { id, pricing = "first-price", reserve = Number.POSITIVE_INFINITY, rounds = 2 } = spec;
  const { bids, declined } = outcome;
  const require = (holds: boolean, invariant: string): void =>
    world.require(holds, invariant, () => `${id}: ${JSON.stringify({ spec, outcome })}`);
  const names = bids.map(({ bidder }) => bidder);
  require(new Set(names).size === names.length, "a bidder has one bid in a round");
  require(names.every((one) => bidders.includes(one)), "only who was invited bids");
  require(outcome.rounds <= rounds, "a task is announced as often as it may be");
  for (const { bidder, cost } of bids) {
    const isOwn = book.hasBid(roundId(id, Math.max(outcome.rounds, 1)), bidder, cost);
    require(isOwn, "a bid is its bidder's, for this round");
    require(cost >= 0 && cost <= reserve, "nothing is considered above the reserve");
  }
  const hasDeclined = (bidder: string): boolean => declined.some((one) => one.bidder === bidder);
  if (!outcome.awarded) {
    require(names.every(hasDeclined), "a task is given as long as somebody takes it");
    return;
  }
  const { winner, price } = outcome;
  const place = names.indexOf(winner);
  require(place >= 0, "the winner has bid");
  require(names.slice(0, Math.max(place, 0)).every(hasDeclined), "the best that takes it wins");
  require(book.takersOf(id).has(winner), "the winner has taken the task on");
  const cost = bids[place]?.cost ?? Number.NaN;
  const others = bids.slice(place + 1).map((one) => one.cost);
  const limits = [...others, ...(spec.reserve === undefined ? [] : [reserve])];
  const second = limits.length === 0 ? cost : Math.min(...limits);
  require(price === (pricing === "first-price" ? cost : second), "the price is that of the rule");
  require(price <= reserve, "the price is within the budget");
  require(price >= cost, "a winner is paid what it asked for");
}

/** Who takes a task on is the winner, or was passed over before the next was asked. */
export function judgeTakers(
  world: SimulatedWorld,
  takers: ReadonlySet<string>,
  id: string,
  outcome: {
    readonly winners: readonly string[];
    readonly declined: readonly { readonly bidder: string }[];
  },
): void {
  const known = new Set([...outcome.winners, ...outcome.declined.map(({ bidder }) => bidder)]);
  const stray = [...takers].filter((taker) => !known.has(taker));
  world.require(stray.length === 0, "a task is awarded to one at a time", () => {
    return `${id}: ${stray.join()} besides ${JSON.stringify(outcome)}`;
  });
}
