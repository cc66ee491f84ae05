import type { Course } from "../../session/course.ts";
import { type Bundles, determineWinners, type PricedPart, type Win } from "./determine-winners.ts";
import { highestPrice, type Lot, type Portion, type Space, spaceOf } from "./lot.ts";
import type { PackageAnswer, PackagePricing, Tender } from "./question.ts";
import { offerLimit } from "./question.ts";

/** A bidder's part in a package auction. */
export interface PackageAward {
  bidder: string;
  portion: Portion;
  /** What the bidder asked for. */
  cost: number;
  /** What it is paid. */
  price: number;
}

/** How a package auction ended. Plain JSON data. */
export interface PackageOutcome {
  /** Accepted awards: no item twice, not more units than there are. */
  awards: PackageAward[];
  /** What the winners are paid together. */
  paid: number;
  /** What the winners asked for, and the reserve of what nobody does. */
  cost: number;
  /** What nobody does. Absent when all is given. */
  left?: Portion;
  /** Bidders that would do something, with what they asked. */
  offers: { bidder: string; packages: { portion: Portion; cost: number }[] }[];
  passed: string[];
  silent: string[];
  declined: (PackageAward & { reason: string })[];
}

/** A package auction under way. */
export interface PackageAuction {
  readonly phase: "tendering" | "awarding" | "over";
  /** Bidders whose offers may still be bought. */
  readonly bundles: readonly Bundles[];
  /** Awards that wait for an answer. */
  readonly open: readonly (Win & { readonly price: number })[];
  readonly accepted: readonly (Win & { readonly price: number })[];
  /** The part of the lot that is accepted. */
  readonly taken: number;
  readonly offers: readonly Bundles[];
  readonly passed: readonly string[];
  readonly silent: readonly string[];
  readonly declined: readonly (PackageAward & { reason: string })[];
}

/**
 * Buys units that are alike, or different items, from several bidders at once: sealed offers for portions, at most one of
 * each bidder, and the cheapest combination by exact winner determination. All winners are asked together; what one
 * declines, or does not answer, is bought anew from those that have nothing yet, as often as it takes: each time a
 * bidder is gone. What was accepted stands.
 *
 * @param order by bidder's portion, what it needs to know to do it; goes with the award only
 */
export function packageAuction(
  lot: Lot,
  pricing: PackagePricing,
  bidders: readonly string[],
  order?: (portion: Portion) => unknown,
): Course<PackageAuction, Tender, PackageAnswer, PackageOutcome> {
  const space = spaceOf(lot);
  return {
    start: {
      phase: bidders.length === 0 ? "over" : "tendering",
      bundles: [],
      open: [],
      accepted: [],
      taken: 0,
      offers: [],
      passed: [],
      silent: [],
      declined: [],
    },
    questions: ({ phase, open }) => {
      if (phase === "tendering") {
        return new Map(bidders.map((bidder) => [bidder, { kind: "tender", lot, pricing }]));
      }
      return new Map(
        open.map(({ bidder, part, price }) => {
          const portion = space.portion(part);
          const more = order?.(portion);
          const award: Tender = { kind: "award", portion, price };
          return [bidder, more === undefined ? award : { ...award, order: more }];
        }),
      );
    },
    fits: ({ phase }, _, answer) =>
      phase === "tendering"
        ? answer.kind === "pass" || (answer.kind === "offer" && isOffer(space, answer))
        : answer.kind === "accept" || answer.kind === "decline",
    settle: (state, answers) =>
      award(
        state.phase === "tendering"
          ? settleTender(state, space, bidders, answers)
          : settleAwards(state, space, answers),
        space,
        pricing,
      ),
    outcome: (state) => (state.phase === "over" ? outcomeOf(state, space) : undefined),
  };
}

function isOffer(space: Space, { packages }: Extract<PackageAnswer, { kind: "offer" }>): boolean {
  const parts = packages.map(({ portion }) => space.part(portion));
  const amount = (cost: number) => Number.isInteger(cost) && cost >= 0 && cost <= highestPrice;
  return (
    packages.length >= 1 &&
    packages.length <= offerLimit &&
    new Set(parts).size === parts.length &&
    !parts.includes(undefined) &&
    packages.every(({ cost }) => amount(cost))
  );
}

function settleTender(
  state: PackageAuction,
  space: Space,
  bidders: readonly string[],
  answers: ReadonlyMap<string, PackageAnswer>,
): PackageAuction {
  // In the order of invitation: the outcome does not depend on the order of arrival.
  const offers = bidders.flatMap((bidder): Bundles[] => {
    const answer = answers.get(bidder);
    if (answer?.kind !== "offer") return [];
    const options = answer.packages.flatMap(({ portion, cost }): PricedPart[] => {
      const part = space.part(portion);
      return part === undefined ? [] : [{ part, cost }];
    });
    return [{ bidder, options }];
  });
  return {
    ...state,
    phase: "awarding",
    bundles: offers,
    offers,
    passed: bidders.filter((bidder) => answers.get(bidder)?.kind === "pass"),
    silent: bidders.filter((bidder) => !answers.has(bidder)),
  };
}

function settleAwards(
  state: PackageAuction,
  space: Space,
  answers: ReadonlyMap<string, PackageAnswer>,
): PackageAuction {
  const accepted = state.open.filter(({ bidder }) => answers.get(bidder)?.kind === "accept");
  const lost = state.open.filter((one) => !accepted.includes(one));
  const asked = new Set(state.open.map(({ bidder }) => bidder));
  return {
    ...state,
    open: [],
    bundles: state.bundles.filter(({ bidder }) => !asked.has(bidder)),
    accepted: [...state.accepted, ...accepted],
    taken: accepted.reduce((sum, { part }) => space.join(sum, part) ?? sum, state.taken),
    declined: [
      ...state.declined,
      ...lost.map((one) => {
        const answer = answers.get(one.bidder);
        const reason = answer?.kind === "decline" ? answer.reason : "no answer to the award";
        return { ...awardOf(one, space), reason };
      }),
    ],
  };
}

/** Determines who is asked next; nobody when all is given, or nobody left is worth it. */
function award(state: PackageAuction, space: Space, pricing: PackagePricing): PackageAuction {
  const { wins } = determineWinners(space, state.bundles, state.taken);
  if (wins.length === 0) return { ...state, phase: "over" };
  const open = wins.map((win) => ({
    ...win,
    price: pricing === "vickrey" ? win.vickrey : win.cost,
  }));
  return { ...state, open };
}

function awardOf(win: Win & { readonly price: number }, space: Space): PackageAward {
  const { bidder, part, cost, price } = win;
  return { bidder, portion: space.portion(part), cost, price };
}

function outcomeOf(state: PackageAuction, space: Space): PackageOutcome {
  const { accepted, taken, offers, passed, silent, declined } = state;
  const sum = (numbers: readonly number[]) => numbers.reduce((all, one) => all + one, 0);
  return {
    awards: accepted.map((win) => awardOf(win, space)),
    paid: sum(accepted.map(({ price }) => price)),
    cost: sum(accepted.map(({ cost }) => cost)) + space.costOfRest(taken),
    ...(taken === space.all ? {} : { left: space.portion(space.all - taken) }),
    offers: offers.map(({ bidder, options }) => ({
      bidder,
      packages: options.map(({ part, cost }) => ({ portion: space.portion(part), cost })),
    })),
    passed: [...passed],
    silent: [...silent],
    declined: [...declined],
  };
}
