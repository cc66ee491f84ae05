import { expect, test } from "vitest";
import { longestLeadMs, Pace } from "./pace.ts";

/** Sleeps again and again on timers that are late by what `late` says; returns the mean of how long. */
function meanSleep(pace: Pace, ms: number, late: () => number, times = 400): number {
  let sum = 0;
  for (let time = 0; time < times; time += 1) {
    const delay = pace.delayFor(ms);
    const took = delay === 0 ? 0 : delay + late();
    pace.took(ms, took);
    if (time >= times / 2) sum += took;
  }
  return sum / (times / 2);
}

test("timers that are late by some amount are set as much earlier", () => {
  let turn = 0;
  const late = (): number => [0.2, 1.6, 0.9][turn++ % 3] ?? 0;
  expect(meanSleep(new Pace(), 20, late)).toBeCloseTo(20, 1);
});

test("timers that are on time are left alone", () => {
  expect(new Pace().delayFor(7)).toBe(7);
  expect(meanSleep(new Pace(), 7, () => 0)).toBe(7);
});

test("a delay beyond the limit is not made up for, and sleeping is never much too short", () => {
  const pace = new Pace();
  for (let time = 0; time < 100; time += 1) pace.took(10, 500);
  expect(pace.delayFor(10)).toBeGreaterThanOrEqual(10 - longestLeadMs);
  expect(meanSleep(pace, 10, () => 0)).toBeCloseTo(10, 1);
});

test("for next to no time no timer is set", () => {
  expect(new Pace().delayFor(0)).toBe(0);
  expect(new Pace().delayFor(0.4)).toBe(0);
  expect(new Pace().delayFor(0.6)).toBe(0.6);
});
