import { expect, test } from "vitest";
import { live, times } from "./episodes.test-data.ts";
import { habitsOf } from "./habits.ts";
import { type Episode, noMemory, remember } from "./memory.ts";

/** A run by some actions, those in capitals failed. */
function run(way: string, ok = true): Episode {
  const actions = way.split(" ");
  const durationMs = 10 * actions.length;
  return {
    situation: "s",
    tried: [{ method: way, ok, durationMs }],
    ok,
    durationMs,
    run: {
      steps: actions.length,
      tokens: 0,
      actions: actions.map((action) => ({
        action: action.toLowerCase(),
        tries: 1,
        failed: action === action.toUpperCase() ? 1 : 0,
      })),
    },
  };
}

test("an action that fails five times running is left for last, for a reason with numbers", () => {
  expect(live(times(4, run("SCAN index"))).changes).toEqual([]);
  const { memory, changes } = live(times(5, run("SCAN index")));
  expect(changes).toEqual([
    {
      type: "adapted",
      situation: "s",
      kind: "leave-for-last",
      method: "scan",
      because: "of its last 5 tries 'scan' failed in 100 %",
      before: { durationMs: 20, success: 1, steps: 2 },
    },
  ]);
  expect(habitsOf(memory, "s")).toEqual({
    last: ["scan"],
    advice: [
      "do 'scan' only when nothing else is left: of its last 5 tries 'scan' failed in 100 %",
    ],
  });
  expect(habitsOf(memory, "t")).toBeUndefined();
});

test("what saves steps is confirmed; what does not is withdrawn, and not tried again soon", () => {
  const adapted = live(times(5, run("SCAN index"))).memory;
  const better = live(times(5, run("index")), adapted);
  expect(better.changes).toEqual([
    {
      type: "confirmed",
      situation: "s",
      kind: "leave-for-last",
      method: "scan",
      because: "100 % done in 1.0 steps instead of 100 % done in 2.0 steps",
    },
  ]);
  const same = live(times(5, run("INDEX scan")), adapted);
  expect(same.changes).toMatchObject([
    { type: "withdrawn", kind: "leave-for-last", method: "scan" },
  ]);
  expect(habitsOf(same.memory, "s")).toBeUndefined();
  const failing = live([...times(4, run("index")), run("index", false)], adapted);
  expect(failing.changes).toMatchObject([{ type: "withdrawn" }]);
  expect(live(times(20, run("SCAN index")), failing.memory).changes).toEqual([]);
  expect(live(times(60, run("SCAN index")), failing.memory).changes[0]).toMatchObject({
    type: "adapted",
  });
});

test("the way that took fewest steps is advised, once it was gone three times", () => {
  const long = run("look look load sum");
  expect(live([...times(4, long), ...times(2, run("load sum"))]).changes).toEqual([]);
  const { memory, changes } = live([...times(4, long), ...times(3, run("load sum"))]);
  expect(changes).toMatchObject([
    {
      ...{ type: "adapted", kind: "follow", method: "load sum" },
      because: "3 of the last 7 tasks were done so, in 2.0 steps instead of 3.1 on the average",
    },
  ]);
  expect(habitsOf(memory, "s")?.advice[0]).toMatch(/^tasks of this kind are done soonest by load/);
});

test("where long runs never succeeded an agent is told to expect fewer steps", () => {
  const lost = run("look find look find look find look find", false);
  const { memory, changes } = live([
    ...times(3, run("look")),
    ...times(3, lost),
    ...times(3, run("look")),
  ]);
  expect(changes[0]).toMatchObject({ type: "adapted" });
  const kinds = changes.map((change) => ("kind" in change ? change.kind : ""));
  expect(kinds).toContain("follow");
  const settled = live([...times(5, run("look")), ...times(3, lost)], memory);
  expect(settled.changes.map((change) => ("kind" in change ? change.kind : ""))).toContain(
    "expect",
  );
});

test("changes add up, one on trial at a time, and the newest goes first when fewer succeed", () => {
  const first = live([...times(5, run("SCAN a b c")), ...times(5, run("a b c"))]).memory;
  const second = live(times(3, run("c")), first);
  expect(second.changes).toMatchObject([{ type: "adapted", kind: "follow", method: "c" }]);
  expect(habitsOf(second.memory, "s")).toMatchObject({ last: ["scan"] });
  expect(habitsOf(second.memory, "s")?.advice).toHaveLength(2);
  const failing = live([...times(4, run("c")), run("c", false)], second.memory);
  expect(failing.changes).toMatchObject([{ type: "withdrawn", kind: "follow" }]);
  expect(habitsOf(failing.memory, "s")?.advice).toHaveLength(1);
});

test("what stays when a change is withdrawn is judged by what came after that", () => {
  const first = live([...times(5, run("SCAN a b c")), ...times(5, run("a b c"))]).memory;
  const second = live(times(3, run("c")), first).memory;
  const failing = [...times(4, run("c")), run("c", false)];
  const alone = live(failing, second).memory;
  expect(live(times(5, run("a b c")), alone).changes).toEqual([]);
  expect(live([...times(4, run("a b c")), run("a b c", false)], alone).changes).toMatchObject([
    { type: "withdrawn", kind: "leave-for-last" },
  ]);
});

test("an older change is held to go on succeeding, though a newer one that asks less of it stays", () => {
  const failed = run("a b c", false);
  const first = live([...times(5, run("SCAN a b c")), ...times(5, run("a b c"))]).memory;
  const second = live([...times(7, run("c")), run("c", false)], first).memory;
  const third = live([failed, ...times(3, run("d"))], second);
  expect(third.changes).toMatchObject([
    { type: "adapted", kind: "follow", method: "d", before: { success: 0.75 } },
  ]);
  const { changes, memory } = live(
    [...times(3, run("d")), failed, ...times(2, run("d"))],
    third.memory,
  );
  expect(changes).toMatchObject([
    { type: "confirmed", kind: "follow", method: "d" },
    { type: "withdrawn", kind: "leave-for-last", because: expect.stringMatching(/^80 %.*100 %/) },
  ]);
  expect(habitsOf(memory, "s")?.advice).toHaveLength(1);
});

test("runs of one situation say nothing of another", () => {
  const other = { ...run("SCAN index"), situation: "t" };
  const { memory } = live([...times(4, run("SCAN index")), ...times(4, other)]);
  expect(memory.adaptations).toEqual({});
});

test("of all changes the newest 200 are remembered", () => {
  let memory = noMemory;
  for (let n = 0; n < 250; n += 1) {
    const situation = `s${n}`;
    memory = remember(memory, { type: "episode", ...run("a"), situation });
    const before = { durationMs: 1, success: 1 };
    const change = { kind: "leave-for-last", method: "a", because: "so" } as const;
    memory = remember(memory, { type: "adapted", situation, ...change, before });
  }
  expect(Object.keys(memory.adaptations)).toHaveLength(200);
  expect(habitsOf(memory, "s249")).toBeDefined();
  expect(habitsOf(memory, "s49")).toBeUndefined();
});
