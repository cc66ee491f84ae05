import fc from "fast-check";
import { expect, test } from "vitest";
import { ExperienceError } from "../errors.ts";
import { lowerCredibleBound, posteriorMean } from "./beta.ts";
import { type Experience, noExperience, type Outcome, observe, posterior } from "./experience.ts";

const halfLifeMs = 1_000;
const check = { kind: "action", name: "check" } as const;
const after = (outcomes: readonly Outcome[]): Experience =>
  outcomes.reduce(observe, noExperience(halfLifeMs));
const at = (experience: Experience, moment: number, successProbability = 0.8) =>
  posterior(experience, check, { successProbability, strength: 10 }, moment);

const outcome = fc.record({
  kind: fc.constantFrom("action" as const, "method" as const),
  name: fc.constantFrom("check", "load", "constructor"),
  succeeded: fc.boolean(),
  at: fc.nat({ max: 5_000 }),
});
const outcomes = fc.array(outcome, { maxLength: 40 });
const probability = fc.double({ min: 0, max: 1, noNaN: true });

test("before anything is observed the prior is believed, with its strength", () => {
  const { alpha, beta } = at(noExperience(), 0);
  expect(alpha).toBeCloseTo(8);
  expect(beta).toBeCloseTo(2);
});

test("each observation of now counts one", () => {
  const experience = after(
    [true, true, false].map((succeeded) => ({ ...check, succeeded, at: 7 })),
  );
  const { alpha, beta } = at(experience, 7);
  expect(alpha).toBeCloseTo(10);
  expect(beta).toBeCloseTo(3);
});

test("several outcomes at once count as so many, and a number that is none is refused", () => {
  const three = [1, 2, 3].map(() => ({ ...check, succeeded: false, at: 7 }));
  expect(after([{ ...check, succeeded: false, at: 7, times: 3 }])).toEqual(after(three));
  for (const times of [0, 1.5, Number.NaN]) {
    expect(() => after([{ ...check, succeeded: true, at: 7, times }])).toThrow(ExperienceError);
  }
});

test("after a half-life an observation counts half, and in the end the prior is believed again", () => {
  const experience = after([{ ...check, succeeded: false, at: 0 }]);
  const failures = [0, 1, 2, 60].map((lives) => at(experience, lives * halfLifeMs).beta - 2);
  expect(failures[0]).toBeCloseTo(1);
  expect(failures[1]).toBeCloseTo(0.5);
  expect(failures[2]).toBeCloseTo(0.25);
  expect(failures[3]).toBeCloseTo(0);
});

test("success makes surer, failure less sure, and neither concerns another subject", () => {
  fc.assert(
    fc.property(outcomes, outcome, probability, (earlier, next, successProbability) => {
      const moment = 5_000;
      const before = after(earlier);
      const now = observe(before, { ...next, at: moment });
      for (const kind of ["action", "method"] as const) {
        for (const name of ["check", "load", "constructor"]) {
          const [old, fresh] = [before, now].map((each) =>
            posterior(each, { kind, name }, { successProbability }, moment),
          );
          if (old === undefined || fresh === undefined) throw new Error("two were asked for");
          const change = posteriorMean(fresh) - posteriorMean(old);
          const raise = lowerCredibleBound(fresh) - lowerCredibleBound(old);
          if (kind !== next.kind || name !== next.name) expect([change, raise]).toEqual([0, 0]);
          else if (next.succeeded) expect(Math.min(change, raise)).toBeGreaterThanOrEqual(-1e-9);
          else expect(Math.max(change, raise)).toBeLessThanOrEqual(1e-9);
        }
      }
    }),
    { numRuns: 300, seed: 20_311 },
  );
});

test("the mean lies between the prior and what was seen, and it is a probability", () => {
  fc.assert(
    fc.property(outcomes, probability, (seen, successProbability) => {
      const experience = after(seen);
      const tally = experience.actions["check"];
      const mean = posteriorMean(at(experience, 5_000, successProbability));
      if (tally === undefined) {
        expect(mean).toBeCloseTo(successProbability);
        return;
      }
      const rate = tally.succeeded / (tally.succeeded + tally.failed);
      expect(mean).toBeGreaterThanOrEqual(Math.min(rate, successProbability) - 1e-12);
      expect(mean).toBeLessThanOrEqual(Math.max(rate, successProbability) + 1e-12);
    }),
    { numRuns: 500, seed: 20_312 },
  );
});

test("the order in which outcomes become known does not matter, nor that they were stored in between", () => {
  fc.assert(
    fc.property(outcomes, (seen) => {
      const inOrder = after(seen);
      const stored: Experience = JSON.parse(
        JSON.stringify(after(seen.toReversed().slice(0, seen.length >> 1))),
      );
      const other = seen
        .toReversed()
        .slice(seen.length >> 1)
        .reduce(observe, stored);
      for (const kind of ["action", "method"] as const) {
        for (const name of ["check", "load", "constructor"]) {
          const [one, two] = [inOrder, other].map((each) =>
            posterior(each, { kind, name }, { successProbability: 0.5 }, 6_000),
          );
          expect(one?.alpha).toBeCloseTo(two?.alpha ?? Number.NaN, 9);
          expect(one?.beta).toBeCloseTo(two?.beta ?? Number.NaN, 9);
        }
      }
    }),
    { numRuns: 300, seed: 20_313 },
  );
});

test("what is learned comes close to the truth, and the bound is below it as often as it says", () => {
  let state = 20_314;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  const rounds = 1_000;
  let below = 0;
  for (let round = 0; round < rounds; round++) {
    // The truth is drawn from the prior, so that the bound must be right on average.
    const truth = uniform();
    const seen = Array.from({ length: 100 }, () => uniform() < truth);
    const experience = after(seen.map((succeeded) => ({ ...check, succeeded, at: 0 })));
    const prior = { successProbability: 0.5, strength: 2 };
    const distribution = posterior(experience, check, prior, 0);
    expect(Math.abs(posteriorMean(distribution) - truth)).toBeLessThan(0.25);
    if (lowerCredibleBound(distribution) <= truth) below++;
  }
  expect(below / rounds).toBeGreaterThan(0.93);
  expect(below / rounds).toBeLessThan(0.97);
});

test("numbers that make no sense are refused with what they were given for", () => {
  expect(() => noExperience(0)).toThrow("halfLifeMs is 0 but must be");
  expect(() => observe(noExperience(), { ...check, succeeded: true, at: Number.NaN })).toThrow(
    ExperienceError,
  );
  const ask = (successProbability: number, strength: number) =>
    posterior(noExperience(), check, { successProbability, strength }, 0);
  expect(() => ask(1.2, 1)).toThrow("successProbability of action 'check' is 1.2");
  expect(() => ask(0.5, 0)).toThrow("strength of the prior is 0");
});
