import { seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import { spend, type TraceBudget } from "./trace-budget.ts";

/** How many of the traces that would begin at these moments do. */
function begun(perSecond: number, moments: readonly number[]): number {
  let budget: TraceBudget | undefined;
  let count = 0;
  for (const now of moments) {
    const spent = spend(budget, perSecond, now);
    budget = spent.budget;
    if (spent.begins) count += 1;
  }
  return count;
}

const atOnce = (count: number, now = 0): readonly number[] => Array<number>(count).fill(now);

test("ten seconds' worth begins at once, and no more", () => {
  expect(begun(20, atOnce(1000))).toBe(200);
});

test("what was spent comes back with time, up to what it was at first", () => {
  expect(begun(20, [...atOnce(200), ...atOnce(50, 1000)])).toBe(220);
  expect(begun(20, [...atOnce(200), ...atOnce(1000, 3_600_000)])).toBe(400);
});

test("as many as are allowed each second begin all, however long it goes on", () => {
  const moments = Array.from({ length: 20 * 600 }, (_, index) => index * 50);
  expect(begun(20, moments)).toBe(moments.length);
});

test("of more than are allowed, as many as are allowed begin", () => {
  const seed = 7;
  const random = seededRandom(seed);
  const moments = Array.from({ length: 30_000 }, () => random.next() * 100_000).sort(
    (a, b) => a - b,
  );
  const count = begun(20, moments);
  expect(count, `seed ${seed}`).toBeGreaterThanOrEqual(2190);
  expect(count, `seed ${seed}`).toBeLessThanOrEqual(2200);
});

test("less than one a second is one now and then", () => {
  expect(begun(0.05, atOnce(10))).toBe(1);
  expect(begun(0.05, [0, 19_000, 21_000])).toBe(2);
});

test("none begins where none is allowed, and all where all are", () => {
  expect(begun(0, [...atOnce(10), ...atOnce(10, 1e9)])).toBe(0);
  expect(begun(Number.POSITIVE_INFINITY, atOnce(100_000))).toBe(100_000);
});

test("a clock that stands still or goes back gives nothing", () => {
  expect(begun(1, [...atOnce(10, 5000), ...atOnce(10, 1000)])).toBe(10);
});
