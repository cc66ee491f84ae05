import fc from "fast-check";
import { expect, test } from "vitest";
import { Roster } from "./roster.ts";

test("each runner has one run, and one more behind a run that is about to end", () => {
  const roster = new Roster(["a", "b"]);
  expect(roster.take(1)).toEqual({ runner: "a", waits: false });
  expect(roster.take(2)).toEqual({ runner: "b", waits: false });
  expect(roster.take(3)).toBeUndefined();
  roster.endsSoon(2);
  expect(roster.room).toBe(3);
  expect(roster.take(3)).toEqual({ runner: "b", waits: true });
  expect(roster.take(4)).toBeUndefined();
  expect(roster.release(2)).toBe(3);
  expect(roster.room).toBe(2);
});

test("who is free comes before who is about to be", () => {
  const roster = new Roster(["a", "b"]);
  roster.take(1);
  roster.endsSoon(1);
  expect(roster.take(2)).toEqual({ runner: "b", waits: false });
  expect(roster.take(3)).toEqual({ runner: "a", waits: true });
});

test("with a runner go the run that it had and the one behind it", () => {
  const roster = new Roster(["a", "b"]);
  roster.take(1);
  roster.endsSoon(1);
  roster.take(2);
  roster.take(3);
  expect(roster.remove("a")).toEqual([1, 3]);
  expect([roster.runners, roster.room]).toEqual([1, 1]);
  expect([roster.release(1), roster.release(3), roster.runnerOf(2)]).toEqual([false, false, "b"]);
  expect(roster.remove("a")).toEqual([]);
});

test("there is a runner for every run there is room for, whatever ends, is about to, or is lost", () => {
  const step = fc.record({
    what: fc.constantFrom("take", "take", "ending", "release", "remove"),
    which: fc.nat(),
  });
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 5 }), fc.array(step), (count, steps) => {
      const roster = new Roster(Array.from({ length: count }, (_, index) => `r${index}`));
      const runs = new Set<number>();
      let last = 0;
      for (const { what, which } of steps) {
        const some = [...runs][which % Math.max(1, runs.size)] ?? 0;
        if (what === "take") {
          const taken = roster.take(++last);
          expect(taken !== undefined).toBe(runs.size < roster.room);
          if (taken !== undefined) runs.add(last);
        } else if (what === "ending") roster.endsSoon(some);
        else if (what === "release") {
          expect(roster.release(some) !== false).toBe(runs.delete(some));
        } else for (const run of roster.remove(`r${which % 5}`)) runs.delete(run);
        // Only who is lost may leave more runs than there is room for, and takes its own with it.
        expect(runs.size).toBeLessThanOrEqual(roster.room);
      }
    }),
    { seed: 31, numRuns: 500 },
  );
});
