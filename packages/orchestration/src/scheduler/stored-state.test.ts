import fc from "fast-check";
import { expect, test } from "vitest";
import type { Command } from "./commands.ts";
import { type RandomWorld, randomWorlds } from "./random-world.test-data.ts";
import { advance, createScheduler, nextWake, submit } from "./scheduler.ts";
import type { SchedulerState } from "./state.ts";

/** Submits all goals, reports each run's end one by one, then lets timers run out. */
function commandsOf(
  { settings, arrivals, ends, jitters }: RandomWorld,
  between: (state: SchedulerState) => SchedulerState,
): readonly Command[] {
  let state = createScheduler(settings);
  const given: Command[] = [];
  for (const { goal } of arrivals) {
    given.push(...submit(state, goal, { at: 0 }));
    state = between(state);
  }
  for (const [turn, end] of ends.entries()) {
    const jitter = jitters[turn % jitters.length] ?? 0;
    const [run] = Object.keys(state.runs);
    const type = end?.how === "finished" ? "finished" : "failed";
    const reports = run === undefined || end === undefined ? [] : [{ type, run: +run } as const];
    const at = Math.min(state.now + (end?.after ?? 1), nextWake(state) ?? Number.MAX_VALUE);
    given.push(...advance(state, reports, { at, jitter }));
    state = between(state);
  }
  return given;
}

test("a state stored as JSON and read back goes on with the same decisions", () => {
  fc.assert(
    fc.property(randomWorlds, (world) => {
      const stored = commandsOf(world, (state) => JSON.parse(JSON.stringify(state)));
      expect(stored).toEqual(commandsOf(world, (state) => state));
    }),
    { seed: 5, numRuns: 300 },
  );
});
