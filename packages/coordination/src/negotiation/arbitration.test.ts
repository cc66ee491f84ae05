import fc from "fast-check";
import { expect, test } from "vitest";
import { play } from "../session/play.test-data.ts";
import { type ArbitrationRule, arbitration, chooseDeal } from "./arbitration.ts";
import { dealsOf } from "./deal.ts";
import { evennessOf, fairnessOf, gainsOf, type Worths } from "./fairness.ts";
import type { Answer } from "./question.ts";

const deals = dealsOf("arbitration", "x", { day: { from: 0, to: 4 } });
const rules: readonly ArbitrationRule[] = ["nash", "maximin", "total"];

const anyWorths: fc.Arbitrary<Worths> = fc.integer({ min: 1, max: 4 }).chain((parties) =>
  fc.record({
    values: fc.array(fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 5, maxLength: 5 }), {
      minLength: parties,
      maxLength: parties,
    }),
    noDeal: fc.array(fc.integer({ min: 0, max: 6 }), { minLength: parties, maxLength: parties }),
  }),
);

/** The merit by which a rule chooses, written as its definition says. */
function merit(rule: ArbitrationRule, gains: readonly number[], shares: readonly number[]): number {
  if (rule === "nash") return gains.reduce((product, gain) => product * gain, 1);
  if (rule === "total") return gains.reduce((sum, gain) => sum + gain, 0);
  return Math.min(...shares);
}

test.each(rules)("the rule %s chooses its best among deals that leave nobody worse off", (rule) => {
  fc.assert(
    fc.property(anyWorths, (worths) => {
      const chosen = chooseDeal(worths, rule);
      const possible = deals
        .map((_, deal) => deal)
        .filter((deal) => gainsOf(worths, deal).every((gain) => gain >= 0));
      if (chosen === undefined) {
        expect(possible).toEqual([]);
        return;
      }
      expect(possible).toContain(chosen);
      const of = (deal: number) =>
        merit(rule, gainsOf(worths, deal), fairnessOf(worths, deal).shares);
      expect(of(chosen)).toBe(Math.max(...possible.map(of)));
    }),
    { numRuns: 500 },
  );
});

test("no other deal would be better for somebody and worse for nobody", () => {
  fc.assert(
    fc.property(anyWorths, fc.constantFrom(...rules), (worths, rule) => {
      const chosen = chooseDeal(worths, rule);
      if (chosen !== undefined) expect(fairnessOf(worths, chosen).efficient).toBe(true);
    }),
    { numRuns: 500 },
  );
});

test("Nash's award does not depend on the units in which a party speaks", () => {
  const factor = fc.integer({ min: 1, max: 50 });
  fc.assert(
    fc.property(anyWorths, factor, (worths, by) => {
      const scaled = {
        values: worths.values.map((row, at) => (at === 0 ? row.map((one) => one * by) : row)),
        noDeal: worths.noDeal.map((one, at) => (at === 0 ? one * by : one)),
      };
      expect(chooseDeal(scaled, "nash")).toBe(chooseDeal(worths, "nash"));
    }),
  );
});

test("fairness is computed: it differs between an even deal and a lopsided one", () => {
  const worths = {
    values: [
      [10, 5, 0],
      [0, 5, 10],
    ],
    noDeal: [0, 0],
  };
  expect(fairnessOf(worths, 1)).toEqual({
    shares: [0.5, 0.5],
    worst: 0.5,
    evenness: 1,
    efficient: true,
  });
  expect(fairnessOf(worths, 0)).toEqual({
    shares: [1, 0],
    worst: 0,
    evenness: 0.5,
    efficient: true,
  });
  expect(
    fairnessOf(
      {
        values: [
          [3, 4],
          [3, 3],
        ],
        noDeal: [0, 0],
      },
      0,
    ).efficient,
  ).toBe(false);
  expect(
    fairnessOf(
      {
        values: [
          [1, 4],
          [3, 3],
        ],
        noDeal: [2, 0],
      },
      0,
    ).shares,
  ).toEqual([-0.5, 1]);
  expect(evennessOf([0, 0])).toBe(1);
});

test("parties testify in private, and the award says what each gains and how fair that is", () => {
  const values: Record<string, number[]> = { ann: [10, 8, 6, 2, 0], bob: [0, 3, 6, 8, 9] };
  const { outcome, steps } = play(
    arbitration(deals, ["ann", "bob"], "nash"),
    (party, question): Answer => {
      expect(question).toEqual({ kind: "testify", deals });
      return { kind: "testimony", values: values[party] ?? [], noDeal: 0 };
    },
  );
  expect(steps).toBe(1);
  expect(outcome).toMatchObject({
    decided: true,
    deal: { day: 2 },
    gains: [6, 6],
    heard: ["ann", "bob"],
    silent: [],
    fairness: { shares: [0.6, 6 / 9], worst: 0.6, efficient: true },
  });
});

test("who is silent or says what is not allowed is not waited for, and is named", () => {
  const course = arbitration(deals, ["ann", "bob", "cid", "dan", "eve"], "total");
  const testimony = (values: number[], noDeal = 0) =>
    ({ kind: "testimony", values, noDeal }) as const;
  const said = new Map([
    ["ann", testimony([1, 2, 3, 4, 5])],
    ["bob", testimony([1])],
    ["cid", testimony([9, 9, 9, 9, Number.NaN])],
    ["dan", testimony([9, 9, 9, 9, 9], -1)],
  ]);
  expect(play(course, (party) => said.get(party)).outcome).toMatchObject({
    decided: true,
    deal: { day: 4 },
    heard: ["ann"],
    silent: ["bob", "cid", "dan", "eve"],
  });
  expect(play(course, () => undefined).outcome).toMatchObject({ reason: "nobody-heard" });
});

test("nothing is awarded where every deal would leave somebody worse off", () => {
  const { outcome } = play(
    arbitration(deals, ["ann", "bob"], "nash"),
    (party): Answer => ({
      kind: "testimony",
      values: party === "ann" ? [9, 9, 0, 0, 0] : [0, 0, 9, 9, 9],
      noDeal: 5,
    }),
  );
  expect(outcome).toMatchObject({ decided: false, reason: "no-common-ground" });
});
