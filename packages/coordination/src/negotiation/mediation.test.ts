import fc from "fast-check";
import { expect, test } from "vitest";
import { play } from "../session/play.test-data.ts";
import { type Deal, dealsOf, type Issues, isSameDeal } from "./deal.ts";
import { mediation } from "./mediation.ts";
import type { Answer, Question } from "./question.ts";

const issues: Issues = {
  format: { options: ["parquet", "csv", "json"] },
  days: { from: 1, to: 4 },
};
const deals = dealsOf("mediation", "x", issues);

interface Preferences {
  readonly worths: readonly number[];
  readonly noDeal: number;
}
const anyPreferences: fc.Arbitrary<Preferences> = fc.record({
  worths: fc.array(fc.integer({ min: 0, max: 20 }), {
    minLength: deals.length,
    maxLength: deals.length,
  }),
  noDeal: fc.integer({ min: 0, max: 12 }),
});
const anyParties = fc.array(anyPreferences, { minLength: 2, maxLength: 4 });

const worth = ({ worths }: Preferences, deal: Deal): number =>
  worths[deals.findIndex((one) => isSameDeal(one, deal))] ?? Number.NaN;

function mediated(parties: readonly Preferences[], order: readonly Deal[], rounds = 10_000) {
  const names = parties.map((_, at) => `p${at}`);
  const answer = (name: string, question: Question): Answer => {
    const party = parties[names.indexOf(name)];
    if (party === undefined || question.kind !== "compare") throw new Error("not asked for");
    const now = question.text === undefined ? party.noDeal : worth(party, question.text);
    return { kind: "better", better: worth(party, question.proposal) > now };
  };
  return play(mediation(order, names, rounds), answer);
}
const anyOrder = fc.shuffledSubarray([...deals], { minLength: deals.length });

test("every text is better for all than the one before, and than no deal, however early it ends", () => {
  const rounds = fc.integer({ min: 1, max: 60 });
  fc.assert(
    fc.property(anyParties, anyOrder, rounds, (parties, order, most) => {
      const { outcome, steps } = mediated(parties, order, most);
      expect(steps).toBeLessThanOrEqual(most);
      for (const party of parties) {
        const path = [party.noDeal, ...outcome.texts.map((text) => worth(party, text))];
        expect(path).toEqual([...new Set(path)].sort((a, b) => a - b));
      }
      if (outcome.agreed) expect(outcome.deal).toEqual(outcome.texts.at(-1));
      else expect(outcome.texts).toEqual([]);
    }),
    { numRuns: 300 },
  );
});

test("once every deal was proposed none is better for all than the agreed one, or than no deal", () => {
  let agreed = 0;
  fc.assert(
    fc.property(anyParties, anyOrder, (parties, order) => {
      const { outcome } = mediated(parties, order);
      expect(outcome.proposals).toBe(deals.length);
      if (outcome.agreed) agreed += 1;
      for (const other of deals) {
        const better = parties.every(
          (party) =>
            worth(party, other) > (outcome.agreed ? worth(party, outcome.deal) : party.noDeal),
        );
        expect(better).toBe(false);
      }
      expect(outcome).toMatchObject(
        outcome.agreed ? { exhausted: true } : { reason: "no-common-ground" },
      );
    }),
    { numRuns: 300 },
  );
  expect(agreed).toBeGreaterThan(50);
});

test("proposals stay near the text: those that differ in one issue come first", () => {
  const asked: Question[] = [];
  play(mediation(deals, ["ann", "bob"], 6), (_, question): Answer => {
    asked.push(question);
    return { kind: "better", better: question.kind === "compare" && question.text === undefined };
  });
  const distances = asked.flatMap((question) => {
    if (question.kind !== "compare" || question.text === undefined) return [];
    const { text, proposal } = question;
    return [Object.keys(text).filter((name) => text[name] !== proposal[name]).length];
  });
  expect(distances).toHaveLength(10);
  expect(new Set(distances)).toEqual(new Set([1]));
});

test("silence is no: while a party is silent nothing is agreed that it has not agreed to", () => {
  const yes = (until: number) => (party: string, _: Question, step: number) =>
    party === "bob" && step > until ? undefined : ({ kind: "better", better: true } as const);
  expect(play(mediation(deals, ["ann", "bob"], 5), yes(0)).outcome).toMatchObject({
    agreed: false,
    reason: "rounds-over",
    silent: [{ party: "bob", times: 5 }],
  });
  expect(play(mediation(deals, ["ann", "bob"], 5), yes(2)).outcome).toMatchObject({
    agreed: true,
    texts: [deals[0], expect.anything()],
    silent: [{ party: "bob", times: 3 }],
  });
});
