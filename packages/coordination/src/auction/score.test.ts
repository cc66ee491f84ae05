import fc from "fast-check";
import { expect, test } from "vitest";
import { compareBids, type Offer, scoreOffer } from "./score.ts";

const even = { cost: 1, duration: 1, quality: 1 };
const offer: Offer = { bidder: "a", cost: 8, durationMs: 1000, quality: 0.8, confidence: 0.5 };

const anyOffer: fc.Arbitrary<Offer> = fc.record({
  bidder: fc.constantFrom("a", "b", "c", "d"),
  cost: fc.integer({ min: 0, max: 1000 }),
  durationMs: fc.integer({ min: 0, max: 100_000 }),
  quality: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
  confidence: fc.integer({ min: 0, max: 10 }).map((tenths) => tenths / 10),
});
const anyWeights = fc.record({
  cost: fc.nat({ max: 5 }),
  duration: fc.nat({ max: 5 }),
  quality: fc.nat({ max: 5 }),
});

test("at equal weights twice the cost weighs as much as twice the time or half the quality", () => {
  const dear = scoreOffer({ ...offer, cost: 16 }, even);
  expect(scoreOffer({ ...offer, durationMs: 2000 }, even)).toBeCloseTo(dear, 12);
  expect(scoreOffer({ ...offer, quality: 0.4 }, even)).toBeCloseTo(dear, 12);
  expect(scoreOffer({ ...offer, confidence: 0.25 }, even)).toBeCloseTo(dear, 12);
  expect(dear).toBeGreaterThan(scoreOffer(offer, even));
});

test("a weight makes its criterion count, and zero makes it count for nothing", () => {
  const cheap = { ...offer, cost: 4, durationMs: 3000 };
  expect(scoreOffer(cheap, even)).toBeGreaterThan(scoreOffer(offer, even));
  expect(scoreOffer(cheap, { ...even, cost: 2 })).toBeLessThan(
    scoreOffer(offer, { ...even, cost: 2 }),
  );
  expect(scoreOffer(cheap, { cost: 1, duration: 0, quality: 0 })).toBe(Math.log(4));
});

test("an offer that is better in one thing and worse in none never ranks behind", () => {
  fc.assert(
    fc.property(anyOffer, anyWeights, fc.nat({ max: 50 }), (one, weights, less) => {
      const better = { ...one, cost: Math.max(0, one.cost - less), bidder: "z" };
      const bids = [one, better].map((each) => ({ ...each, score: scoreOffer(each, weights) }));
      const [worse, improved] = bids;
      if (worse === undefined || improved === undefined || better.cost === one.cost) return;
      expect(Number.isFinite(worse.score)).toBe(true);
      expect(compareBids(improved, worse)).toBeLessThan(0);
    }),
  );
});

test("another bid never reorders those that are there, and no two bidders tie", () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(anyOffer, { selector: ({ bidder }) => bidder, minLength: 3, maxLength: 4 }),
      anyWeights,
      (offers, weights) => {
        const rank = (among: readonly Offer[]) =>
          among
            .map((one) => ({ ...one, score: scoreOffer(one, weights) }))
            .sort(compareBids)
            .map(({ bidder }) => bidder);
        const last = offers.at(-1)?.bidder;
        expect(rank(offers).filter((bidder) => bidder !== last)).toEqual(rank(offers.slice(0, -1)));
        expect(rank(offers.toReversed())).toEqual(rank(offers));
      },
    ),
  );
});
