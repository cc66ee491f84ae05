import fc from "fast-check";
import { expect, test } from "vitest";
import { correlation, leastSquares, quantile, robustScores } from "./statistics.ts";

test("points on a line give that line, wherever it lies", () => {
  const numbers = fc.integer({ min: -1000, max: 1000 });
  fc.assert(
    fc.property(numbers, numbers, fc.uniqueArray(numbers, { minLength: 3 }), (a, b, xs) => {
      const line = leastSquares(xs.map((x) => ({ x, y: a * x + b })));
      expect(line?.slope).toBeCloseTo(a, 6);
      expect(line?.intercept).toBeCloseTo(b, 3);
      expect(line?.fit).toBeCloseTo(1, 6);
    }),
    { seed: 7 },
  );
});

test("two points, or points above each other, have no trend", () => {
  expect(
    leastSquares([
      { x: 1, y: 1 },
      { x: 2, y: 2 },
    ]),
  ).toBeUndefined();
  expect(leastSquares([1, 2, 3].map((y) => ({ x: 5, y })))).toBeUndefined();
});

test("a correlation is 1 for a rise, -1 for a fall, and unknown where nothing varies", () => {
  expect(correlation([1, 2, 3].map((x) => ({ x, y: 3 * x })))).toBeCloseTo(1);
  expect(correlation([1, 2, 3].map((x) => ({ x, y: -x })))).toBeCloseTo(-1);
  expect(correlation([1, 2, 3].map((x) => ({ x, y: 4 })))).toBeUndefined();
});

test("a weight counts like as many equal values", () => {
  const weighted = [
    { value: 1, weight: 3 },
    { value: 2, weight: 1 },
    { value: 9, weight: 2 },
  ];
  const single = [1, 1, 1, 2, 9, 9].map((value) => ({ value, weight: 1 }));
  for (const share of [0, 0.25, 0.5, 0.75, 1]) {
    expect(quantile(weighted, share)).toBe(quantile(single, share));
  }
  expect(quantile(single, 0.5)).toBe(1.5);
});

test("the score of a value is how far it lies from the median in robust deviations", () => {
  const [low, , , , far] = robustScores([1, 2, 3, 4, 100]);
  expect(low).toBeCloseTo(-1.349);
  expect(far).toBeCloseTo(65.4265);
  expect(robustScores([5, 5, 5, 9])).toEqual([0, 0, 0, 0]);
});
