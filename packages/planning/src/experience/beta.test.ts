import fc from "fast-check";
import { expect, test } from "vitest";
import { lowerCredibleBound, posteriorMean, probabilityBelow } from "./beta.ts";

const parameter = fc.double({ min: 0.05, max: 400, noNaN: true });
const inside = fc.double({ min: 0.001, max: 0.999, noNaN: true });

test("with a parameter of 1 the distribution is a power", () => {
  fc.assert(
    fc.property(parameter, inside, (a, x) => {
      expect(probabilityBelow({ alpha: a, beta: 1 }, x)).toBeCloseTo(x ** a, 10);
      expect(probabilityBelow({ alpha: 1, beta: a }, x)).toBeCloseTo(1 - (1 - x) ** a, 10);
    }),
    { numRuns: 500, seed: 20_301 },
  );
});

test("with whole parameters it counts successes: at least k of n", () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 30 }), fc.nat({ max: 29 }), inside, (n, less, p) => {
      const k = Math.max(1, n - less);
      let choose = 1;
      let atLeast = 0;
      for (let i = 0; i <= n; i++) {
        if (i >= k) atLeast += choose * p ** i * (1 - p) ** (n - i);
        choose = (choose * (n - i)) / (i + 1);
      }
      expect(probabilityBelow({ alpha: k, beta: n - k + 1 }, p)).toBeCloseTo(atLeast, 9);
    }),
    { numRuns: 500, seed: 20_302 },
  );
});

test("the distribution never falls, and seen from the other side it is the same", () => {
  fc.assert(
    fc.property(parameter, parameter, inside, inside, (alpha, beta, x, y) => {
      const at = (each: number) => probabilityBelow({ alpha, beta }, each);
      expect(at(Math.min(x, y))).toBeLessThanOrEqual(at(Math.max(x, y)) + 1e-12);
      expect(at(x)).toBeCloseTo(1 - probabilityBelow({ alpha: beta, beta: alpha }, 1 - x), 9);
    }),
    { numRuns: 500, seed: 20_303 },
  );
});

test("above the lower bound lies what was asked for, and below the mean the bound lies", () => {
  const half = fc.double({ min: 1, max: 400, noNaN: true });
  fc.assert(
    fc.property(half, half, fc.constantFrom(0.8, 0.95, 0.99), (alpha, beta, credibility) => {
      const bound = lowerCredibleBound({ alpha, beta }, credibility);
      expect(1 - probabilityBelow({ alpha, beta }, bound)).toBeCloseTo(credibility, 6);
      expect(bound).toBeLessThan(posteriorMean({ alpha, beta }));
    }),
    { numRuns: 500, seed: 20_304 },
  );
});

test("known bounds: nothing but successes, nothing but failures, nothing at all", () => {
  expect(lowerCredibleBound({ alpha: 1, beta: 1 })).toBeCloseTo(0.05);
  expect(lowerCredibleBound({ alpha: 10, beta: 1 })).toBeCloseTo(0.05 ** 0.1);
  expect(lowerCredibleBound({ alpha: 10, beta: 0 })).toBe(1);
  expect(lowerCredibleBound({ alpha: 0, beta: 10 })).toBe(0);
});
