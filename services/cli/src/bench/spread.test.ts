import { expect, test } from "vitest";
import { spreadOf } from "./spread.ts";

test("a share is the smallest measured time that so many are not above", () => {
  const hundred = Array.from({ length: 100 }, (_, index) => 100 - index);
  expect(spreadOf(hundred)).toEqual({ p50: 50, p95: 95, p99: 99, max: 100 });
});

test("one time is all of them, and two are told apart", () => {
  expect(spreadOf([7])).toEqual({ p50: 7, p95: 7, p99: 7, max: 7 });
  expect(spreadOf([9, 1])).toEqual({ p50: 1, p95: 9, p99: 9, max: 9 });
});
