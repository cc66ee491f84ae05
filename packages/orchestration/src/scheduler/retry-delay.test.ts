import { expect, test } from "vitest";
import { retryDelay, spread } from "./retry-delay.ts";

test("delays double up to the longest", () => {
  const policy = { limit: 9, delay: 10, longest: 50 };
  expect([1, 2, 3, 4, 5].map((failures) => retryDelay(policy, failures, 0))).toEqual([
    10, 20, 40, 50, 50,
  ]);
});

test("jitter shortens a delay by at most its share", () => {
  expect(retryDelay({ limit: 1, delay: 100 }, 1, 1)).toBe(50);
  expect(retryDelay({ limit: 1, delay: 100, jitter: 0 }, 1, 1)).toBe(100);
  expect(retryDelay({ limit: 1, delay: 100, jitter: 1 }, 1, 0.25)).toBe(75);
});

test("runs that fail at one moment with one random number come back at different moments", () => {
  const shares = Array.from({ length: 100 }, (_, run) => spread(0.3, run));
  expect(new Set(shares.map((share) => share.toFixed(3))).size).toBe(100);
  for (const share of shares) expect(share >= 0 && share < 1).toBe(true);
});
