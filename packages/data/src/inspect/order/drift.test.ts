import { expect, test } from "vitest";
import { driftOf } from "./drift.ts";

/** Between 0 and 1, the same every time, and without a pattern. */
const noise = (at: number): number => Math.abs(Math.sin((at + 1) * 12.9898) * 43_758.5453) % 1;
const series = (of: (at: number) => number, length = 400): readonly number[] =>
  Array.from({ length }, (_, at) => of(at));

test.for([1, -1])(
  "a level that begins to lead away is a drift, with its place and rate (%s)",
  (by) => {
    const found = driftOf(
      series((at) => 10 * noise(at) + by * 0.1 * Math.max(0, at - 240)),
      0.8,
    );
    expect(found?.from).toBeGreaterThan(210);
    expect(found?.from).toBeLessThan(270);
    expect(found?.rate).toBeCloseTo(by * 0.1, 1);
  },
);

test.for([
  ["goes up and down around one level", series((at) => 10 * noise(at))],
  ["grows all the time", series((at) => 10 * noise(at) + at / 5)],
  ["is smooth", series((at) => Math.sin(at / 60) + Math.max(0, at - 200) / 20)],
  ["is another level from a place on", series((at) => 10 * noise(at) + (at > 240 ? 30 : 0))],
  ["becomes wilder", series((at) => noise(at) * (at > 200 ? 10 + (at - 200) / 2 : 10))],
  ["is short", series((at) => noise(at) + Math.max(0, at - 12), 20)],
] as const)("a series that %s has no drift", ([, values]) => {
  expect(driftOf(values, 0.8)).toBeUndefined();
});
