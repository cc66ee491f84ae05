import fc from "fast-check";
import { expect, test } from "vitest";
import { scheduleInVirtualTime, type TimedCommand } from "../replay/virtual-time.ts";
import type { StartCommand } from "./commands.ts";
import type { GoalSpec, TaskSpec } from "./goal-spec.ts";
import { type RandomWorld, randomWorlds, worldOf } from "./random-world.test-data.ts";

const seeded = { seed: 2026, numRuns: 1000 };

function everyWorld(check: (world: RandomWorld, run: ReturnType<typeof simulate>) => void): void {
  fc.assert(
    fc.property(randomWorlds, (world) => check(world, simulate(world))),
    seeded,
  );
}

function simulate(world: RandomWorld) {
  return scheduleInVirtualTime(world.settings, world.arrivals, worldOf(world));
}

const name = ({ goal, task }: { goal: string; task: string }): string => `${goal}/${task}`;

function startsOf(commands: readonly TimedCommand[]) {
  return commands.flatMap(({ at, command }) => (command.type === "start" ? [{ at, command }] : []));
}

function tasksOf({ arrivals }: RandomWorld): ReadonlyMap<string, TaskSpec> {
  return new Map(
    arrivals.flatMap(({ goal }) =>
      goal.tasks.map((task) => [name({ goal: goal.id, task: task.id }), task] as const),
    ),
  );
}

test("every goal ends and every task is settled, exactly once, whatever fails or falls silent", () => {
  everyWorld((world, { commands }) => {
    const ended = commands.flatMap(({ command }) =>
      command.type === "ended" ? [command.goal] : [],
    );
    const settled = commands.flatMap(({ command }) =>
      command.type === "settled" ? [name(command)] : [],
    );
    expect(ended.toSorted()).toEqual(world.arrivals.map(({ goal }) => goal.id).toSorted());
    expect(settled.toSorted()).toEqual([...tasksOf(world).keys()].toSorted());
  });
});

test("a task starts only when each dependency is done, or has ended and may be done without", () => {
  everyWorld((world, { commands }) => {
    const outcomes = new Map<string, string>();
    const tasks = tasksOf(world);
    for (const { command } of commands) {
      if (command.type === "settled") outcomes.set(name(command), command.outcome);
      if (command.type !== "start") continue;
      expect(outcomes.has(name(command))).toBe(false);
      for (const edge of tasks.get(name(command))?.dependsOn ?? []) {
        const { task, onFailure } = typeof edge === "string" ? { task: edge } : edge;
        const outcome = outcomes.get(name({ goal: command.goal, task }));
        if (onFailure === "continue") expect(outcome).toBeDefined();
        else expect(outcome).toBe("done");
      }
    }
  });
});

test("a goal's outcome is what its tasks and edges make it", () => {
  everyWorld((world, { commands }) => {
    const outcomes = new Map<string, string>();
    for (const { command } of commands) {
      if (command.type === "settled") outcomes.set(name(command), command.outcome);
      if (command.type !== "ended") continue;
      const goal = world.arrivals.find((arrival) => arrival.goal.id === command.goal)?.goal;
      expect(command.outcome).toBe(expectedOutcome(goal, outcomes));
    }
  });
});

function expectedOutcome(
  goal: GoalSpec | undefined,
  outcomes: ReadonlyMap<string, string>,
): string {
  const tasks = goal?.tasks ?? [];
  const of = (task: string) => outcomes.get(name({ goal: goal?.id ?? "", task }));
  const needed = new Set(
    tasks.flatMap(({ dependsOn = [] }) =>
      dependsOn.map((edge) => (typeof edge === "string" ? edge : edge.task)),
    ),
  );
  if (tasks.some(({ id }) => of(id) === "failed" && !needed.has(id))) return "failed";
  return tasks.every(({ id }) => of(id) === "done") ? "succeeded" : "partial";
}

test("nothing is retried more often than it may be, and no attempt has more than one extra copy", () => {
  everyWorld((world, { commands }) => {
    const tasks = tasksOf(world);
    const seen = new Set<string>();
    for (const { command } of startsOf(commands)) {
      const task = tasks.get(name(command));
      expect(command.attempt).toBeLessThanOrEqual((task?.retry?.limit ?? 0) + 1);
      const key = `${name(command)} ${command.attempt} ${command.speculative}`;
      if (command.speculative) expect(task?.speculateAfter).toBeDefined();
      expect(seen.has(key)).toBe(false);
      seen.add(key);
    }
  });
});

test("no more is in use than there is, at any moment, stopped runs included while they last", () => {
  everyWorld((world, { commands }) => {
    const { settings } = world;
    const tasks = tasksOf(world);
    const until = heldUntil(world, commands);
    const starts = startsOf(commands);
    for (const { at } of starts) {
      const running = starts.filter(
        ({ at: from, command }) => from <= at && (until.get(command.run) ?? 0) > at,
      );
      for (const [resource, most] of Object.entries(settings.capacity)) {
        const used = running.reduce((sum, { command }) => {
          const { resources = { cpu: 1 } } = tasks.get(name(command)) ?? {};
          return sum + ((resources as Record<string, number>)[resource] ?? 0);
        }, 0);
        expect(used).toBeLessThanOrEqual(most);
      }
    }
  });
});

/** When each run really ends: by itself, or the grace time after it was stopped. */
function heldUntil(
  world: RandomWorld,
  commands: readonly TimedCommand[],
): ReadonlyMap<number, number> {
  const { run } = worldOf(world);
  const until = new Map<number, number>();
  for (const { at, command } of commands) {
    if (command.type === "start") until.set(command.run, at + lasts(command, run));
    if (command.type !== "stop") continue;
    const natural = until.get(command.run) ?? at;
    until.set(command.run, Math.min(natural, at + world.settings.grace));
  }
  return until;
}

function lasts(start: StartCommand, run: ReturnType<typeof worldOf>["run"]): number {
  return run(start)?.after ?? Number.POSITIVE_INFINITY;
}

test("afterwards everything is free again and nothing is remembered", () => {
  everyWorld(({ settings }, { state }) => {
    expect(state.free).toEqual(settings.capacity);
    expect([state.goals, state.runs, state.demands, state.readyCount]).toEqual([{}, {}, {}, 0]);
    expect(state.stragglers).toEqual([]);
    expect(state.timers).toEqual([]);
  });
});

test("the same world gives the same commands", () => {
  everyWorld((world, { commands }) => {
    expect(simulate(world).commands).toEqual(commands);
  });
});
