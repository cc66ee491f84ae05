import type { SimulatedWorld } from "../../simulation/world.ts";
import type { Lot, Portion } from "../packages/lot.ts";
import type { PackageOutcome } from "../packages/package-auction.ts";
import type { PackagePricing } from "../packages/question.ts";
import type { BidBook } from "./bid-book.ts";

/** Looks at the outcome of a package auction: nothing is given twice, and it costs the least. */
export function judgePackages(
  world: SimulatedWorld,
  book: BidBook,
  held: { readonly id: string; readonly lot: Lot; readonly pricing: PackagePricing },
  outcome: PackageOutcome,
): void {
  const { id, lot, pricing } = held;
  const { awards, offers, declined } = outcome;
  const require = (holds: boolean, invariant: string): void =>
    world.require(holds, invariant, () => `${id}: ${JSON.stringify({ held, outcome })}`);
  const bidders = awards.map(({ bidder }) => bidder);
  require(new Set(bidders).size === bidders.length, "a bidder has one portion");
  require(fits(
    lot,
    awards.map(({ portion }) => portion),
  ), "nothing is given twice");
  for (const { bidder, portion, cost, price } of awards) {
    const isOwn = book
      .packagesOf(id, bidder, lot)
      .some((one) => one.cost === cost && sameText(one.portion, portion));
    require(isOwn, "a portion is as it was offered");
    require(book.takersOf(id).has(bidder), "the winner has taken the task on");
    const isRight = pricing === "first-price" ? price === cost : price >= cost;
    require(isRight, "the price is that of the rule");
  }
  const budget = restOf(lot, []);
  const asked = awards.reduce((sum, { cost }) => sum + cost, 0);
  const paid = awards.reduce((sum, { price }) => sum + price, 0);
  require(paid === outcome.paid, "the price is that of the rule");
  const total =
    asked +
    restOf(
      lot,
      awards.map(({ portion }) => portion),
    );
  require(total === outcome.cost && total <= budget, "the price is within the budget");
  if (declined.length > 0) return;
  require(total === leastCost(lot, offers), "the cheapest combination wins");
}

function sameText(one: unknown, other: unknown): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}

function unitsOf(portions: readonly Portion[]): number {
  return portions.reduce((sum, portion) => sum + ("units" in portion ? portion.units : 0), 0);
}

function itemsOf(portions: readonly Portion[]): readonly string[] {
  return portions.flatMap((portion) => ("items" in portion ? portion.items : []));
}

function fits(lot: Lot, portions: readonly Portion[]): boolean {
  if (lot.kind === "units") return unitsOf(portions) <= lot.units;
  const items = itemsOf(portions);
  return new Set(items).size === items.length;
}

/** What it costs to do without what is in none of the portions. */
function restOf(lot: Lot, portions: readonly Portion[]): number {
  if (lot.kind === "units") return (lot.units - unitsOf(portions)) * lot.reserve;
  const given = new Set(itemsOf(portions));
  return lot.items.reduce((sum, { item, reserve }) => sum + (given.has(item) ? 0 : reserve), 0);
}

/** By trying every combination. */
function leastCost(lot: Lot, offers: PackageOutcome["offers"]): number {
  const search = (at: number, taken: readonly Portion[], cost: number): number => {
    const offer = offers[at];
    if (offer === undefined) return cost + restOf(lot, taken);
    let least = search(at + 1, taken, cost);
    for (const { portion, cost: asked } of offer.packages) {
      const more = [...taken, portion];
      if (fits(lot, more)) least = Math.min(least, search(at + 1, more, cost + asked));
    }
    return least;
  };
  return search(0, [], 0);
}
