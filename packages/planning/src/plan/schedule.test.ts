import fc from "fast-check";
import { expect, test } from "vitest";
import { scheduleOf } from "./schedule.ts";

const step = (duration: number, resources: Readonly<Record<string, number>> = {}) => ({
  duration,
  resources,
});

test("each step begins when the last that it waits for is done", () => {
  const schedule = scheduleOf([step(3), step(5), step(2), step(1)], [[], [], [0, 1], [0]]);
  expect(schedule.starts).toEqual([0, 0, 5, 3]);
  expect(schedule.makespan).toBe(7);
  expect(schedule.criticalPath).toEqual([1, 2]);
  expect(schedule.levels).toEqual([
    [0, 1],
    [2, 3],
  ]);
  expect(schedule.width).toBe(2);
});

test("nothing to do takes no time", () => {
  expect(scheduleOf([], [])).toEqual({
    starts: [],
    makespan: 0,
    criticalPath: [],
    levels: [],
    width: 0,
    peakResources: {},
  });
});

test("steps that take no time count as side by side when they share a level", () => {
  const schedule = scheduleOf([step(0), step(0), step(0)], [[], [], [0]]);
  expect([schedule.width, schedule.makespan]).toEqual([2, 0]);
});

test("a resource is counted while steps overlap and given back when one ends as another begins", () => {
  const memory = (units: number) => ({ memory: units });
  const steps = [step(2, memory(4)), step(3, memory(2)), step(2, memory(5))];
  expect(scheduleOf(steps, [[], [], []]).peakResources).toEqual({ memory: 11 });
  expect(scheduleOf(steps, [[], [], [0]]).peakResources).toEqual({ memory: 7 });
  expect(scheduleOf(steps, [[], [0], [1]]).peakResources).toEqual({ memory: 5 });
});

/** Steps with random durations, each waiting for some of those before it. */
const networks = fc
  .array(
    fc.tuple(fc.integer({ min: 0, max: 5 }), fc.integer({ min: 0, max: 3 }), fc.array(fc.nat(30))),
    { maxLength: 12 },
  )
  .map((all) => ({
    steps: all.map(([duration, units]) => step(duration, { units })),
    waits: all.map(([, , before], i) => [...new Set(before.filter((each) => each < i))]),
  }));

test("the makespan is the longest chain, and the critical path is a chain of that length", () => {
  fc.assert(
    fc.property(networks, ({ steps, waits }) => {
      const { starts, makespan, criticalPath } = scheduleOf(steps, waits);
      const longest = (i: number): number =>
        (steps[i]?.duration ?? 0) + Math.max(0, ...(waits[i] ?? []).map(longest));
      expect(makespan).toBe(Math.max(0, ...steps.map((_, i) => longest(i))));
      const length = criticalPath.reduce((sum, each) => sum + (steps[each]?.duration ?? 0), 0);
      expect(length).toBe(makespan);
      criticalPath.slice(1).forEach((each, i) => {
        expect(waits[each]).toContain(criticalPath[i]);
      });
      starts.forEach((start, i) => {
        for (const each of waits[i] ?? []) {
          expect(start).toBeGreaterThanOrEqual((starts[each] ?? 0) + (steps[each]?.duration ?? 0));
        }
      });
    }),
    { numRuns: 500, seed: 20_272 },
  );
});

test("width and peaks are what counting at every moment gives", () => {
  fc.assert(
    fc.property(networks, ({ steps, waits }) => {
      const { starts, makespan, width, peakResources } = scheduleOf(steps, waits);
      if (makespan === 0) return;
      let most = 0;
      let peak = Math.max(0, ...steps.map((each) => each.resources["units"] ?? 0));
      for (let at = 0; at < makespan; at++) {
        const running = steps.filter((each, i) => {
          const start = starts[i] ?? 0;
          return start <= at && at < start + each.duration;
        });
        most = Math.max(most, running.length);
        peak = Math.max(
          peak,
          running.reduce((sum, each) => sum + (each.resources["units"] ?? 0), 0),
        );
      }
      expect(width).toBe(most);
      expect(peakResources["units"] ?? 0).toBe(peak);
    }),
    { numRuns: 500, seed: 20_273 },
  );
});
