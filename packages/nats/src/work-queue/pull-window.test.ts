import fc from "fast-check";
import { expect, test } from "vitest";
import { pullWindow } from "./pull-window.ts";

test("asks for what is free, and for one more as each delivery is settled", () => {
  const window = pullWindow(3);
  expect(window.open(0)).toEqual({ pull: 1, count: 3 });
  expect(window.open(0)).toBeUndefined();
  expect(window.delivered(1, 0)).toBe(true);
  expect(window.delivered(1, 0)).toBe(true);
  expect(window.open(0)).toBeUndefined();
  window.settled();
  expect(window.open(0)).toEqual({ pull: 2, count: 1 });
});

test("a pull that ended or fell silent is asked for again", () => {
  const window = pullWindow(2);
  window.open(0);
  window.ended(1);
  expect(window.open(10)).toEqual({ pull: 2, count: 2 });
  window.heard(2, 100);
  expect(window.expire(150, 60)).toEqual([]);
  expect(window.expire(161, 60)).toEqual([2]);
  expect(window.open(161)).toEqual({ pull: 3, count: 2 });
});

test("a delivery of a pull already given up is taken only if there is a place", () => {
  const window = pullWindow(1);
  window.open(0);
  expect(window.reset()).toEqual([1]);
  expect(window.delivered(1, 0)).toBe(true);
  expect(window.open(0)).toBeUndefined();
  expect(window.delivered(1, 0)).toBe(false);
  expect(window.unsettled).toBe(1);
});

test("whatever happens, no more than the concurrency is unsettled or asked for", () => {
  const step = fc.oneof(
    fc.constant("open" as const),
    fc.constant("settle" as const),
    fc.constant("reset" as const),
    fc.record({ deliver: fc.integer({ min: 1, max: 6 }) }),
    fc.record({ end: fc.integer({ min: 1, max: 6 }) }),
  );
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 5 }),
      fc.array(step, { maxLength: 60 }),
      (size, steps) => {
        const window = pullWindow(size);
        const asked = new Map<number, number>();
        for (const next of steps) {
          if (next === "open") {
            const opened = window.open(0);
            if (opened !== undefined) asked.set(opened.pull, opened.count);
          } else if (next === "settle") {
            if (window.unsettled > 0) window.settled();
          } else if (next === "reset") {
            window.reset();
            asked.clear();
          } else if ("end" in next) {
            window.ended(next.end);
            asked.delete(next.end);
          } else {
            const left = asked.get(next.deliver) ?? 0;
            if (left > 0) asked.set(next.deliver, left - 1);
            window.delivered(next.deliver, 0);
          }
          const open = [...asked.values()].reduce((sum, count) => sum + count, 0);
          expect(window.unsettled + open).toBeLessThanOrEqual(size);
        }
      },
    ),
  );
});
