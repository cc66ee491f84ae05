import type { Course } from "../session/course.ts";
import type { Deal } from "./deal.ts";
import {
  type Fairness,
  fairnessOf,
  gainsOf,
  rationalDeals,
  sharesOf,
  type Worths,
} from "./fairness.ts";
import type { Answer, Question } from "./question.ts";

/** Highest worth that a party may claim: products stay exact. */
const highestWorth = 1_000_000;

/**
 * Which of the deals that leave nobody worse off than no deal is awarded.
 *
 * - `nash`: of the greatest product of gains (Nash 1950); computed exactly.
 * - `maximin`: that gives most to the party with the smallest share of what it could gain, then to the next, and so on.
 * - `total`: of the greatest sum of gains.
 *
 * Among equals the one that `maximin` prefers, then the first.
 */
export type ArbitrationRule = "nash" | "maximin" | "total";

/** How an arbitration ended. */
export type ArbitrationOutcome = {
  /** Parties whose testimony counted, in their order. */
  heard: string[];
  /** Parties that said nothing, or nothing valid: the award binds them, but was made without regard to them. */
  silent: string[];
} & (
  | {
      decided: true;
      deal: Deal;
      /** What each party that was heard gains, in their order. */
      gains: number[];
      fairness: Fairness;
    }
  | { decided: false; reason: "nobody-heard" | "no-common-ground" }
);

/** An arbitration under way. */
export interface Arbitration {
  readonly end?: ArbitrationOutcome;
}

/**
 * Arbitration: each party says in private what every deal, and no deal, is worth to it; the arbitrator awards one by
 * a rule that was known before. A party that is silent is not waited for.
 *
 * Parties are believed: by exaggerating, a party can get more. What cannot happen is an award that leaves somebody who
 * was heard worse off than no deal by its own testimony.
 */
export function arbitration(
  deals: readonly Deal[],
  parties: readonly string[],
  rule: ArbitrationRule,
): Course<Arbitration, Question, Answer, ArbitrationOutcome> {
  const worth = (value: number) => Number.isInteger(value) && value >= 0 && value <= highestWorth;
  return {
    start: {},
    questions: () =>
      new Map(parties.map((party) => [party, { kind: "testify", deals: [...deals] }])),
    fits: (_state, _party, answer) =>
      answer.kind === "testimony" &&
      answer.values.length === deals.length &&
      [...answer.values, answer.noDeal].every(worth),
    settle: (_, answers) => {
      const testimonies = parties.flatMap((party) => {
        const answer = answers.get(party);
        return answer?.kind === "testimony" ? [{ party, ...answer }] : [];
      });
      const heard = testimonies.map(({ party }) => party);
      const record = { heard, silent: parties.filter((party) => !heard.includes(party)) };
      if (heard.length === 0) return { end: { ...record, decided: false, reason: "nobody-heard" } };
      const worths = {
        values: testimonies.map(({ values }) => values),
        noDeal: testimonies.map(({ noDeal }) => noDeal),
      };
      const chosen = chooseDeal(worths, rule);
      const deal = deals[chosen ?? -1];
      if (chosen === undefined || deal === undefined) {
        return { end: { ...record, decided: false, reason: "no-common-ground" } };
      }
      const gains = [...gainsOf(worths, chosen)];
      return {
        end: { ...record, decided: true, deal, gains, fairness: fairnessOf(worths, chosen) },
      };
    },
    outcome: ({ end }) => end,
  };
}

/** The deal that the rule awards; undefined when every deal leaves somebody worse off than none. */
export function chooseDeal(worths: Worths, rule: ArbitrationRule): number | undefined {
  const judged = rationalDeals(worths).map((deal) => ({
    deal,
    gains: gainsOf(worths, deal),
    shares: sharesOf(worths, deal).toSorted((a, b) => a - b),
  }));
  const better = (a: (typeof judged)[number], b: (typeof judged)[number]): boolean => {
    const merit = compareBy(rule, a.gains, b.gains);
    return merit === 0 ? compareSmallestFirst(a.shares, b.shares) > 0 : merit > 0;
  };
  return judged.reduce<(typeof judged)[number] | undefined>(
    (best, one) => (best === undefined || better(one, best) ? one : best),
    undefined,
  )?.deal;
}

function compareBy(rule: ArbitrationRule, a: readonly number[], b: readonly number[]): number {
  switch (rule) {
    case "maximin":
      return 0;
    case "total":
      return a.reduce((sum, gain) => sum + gain, 0) - b.reduce((sum, gain) => sum + gain, 0);
    case "nash": {
      const product = (gains: readonly number[]) =>
        gains.reduce((all, gain) => all * BigInt(gain), 1n);
      const [one, other] = [product(a), product(b)];
      return one > other ? 1 : one < other ? -1 : 0;
    }
  }
}

function compareSmallestFirst(a: readonly number[], b: readonly number[]): number {
  for (const [at, share] of a.entries()) {
    const difference = share - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
