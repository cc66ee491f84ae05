import { expect, test } from "vitest";
import { type Estimates, expectedDuration, learn } from "./estimates.ts";

test("known durations count, then the mean of the kind, then of all", () => {
  const estimates: Estimates = { byKind: {}, all: { count: 0, mean: 0 } };
  const expected = (kind?: string, duration?: number) =>
    expectedDuration(estimates, {
      id: "task",
      ...(kind === undefined ? {} : { kind }),
      ...(duration === undefined ? {} : { duration }),
    });
  expect(expected()).toBe(1);
  learn(estimates, "load", 10);
  learn(estimates, "load", 20);
  learn(estimates, "__proto__", 60);
  expect(expected("load")).toBe(15);
  expect(expected("__proto__")).toBe(60);
  expect(expected("new")).toBe(30);
  expect(expected()).toBe(30);
  expect(expected("load", 7)).toBe(7);
});
