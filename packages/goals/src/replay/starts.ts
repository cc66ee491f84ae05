import type { Random } from "@troupe/actor";
import { TaskSchedule } from "../coordinator/task-schedule.ts";
import { droppedTasks } from "../goal/dropped-tasks.ts";
import { type GoalState, isSettled } from "../goal/state.ts";

/**
 * Why tasks could not begin in a state, by the schedule that the coordinator begins tasks with;
 * `undefined` when they could.
 */
export function whyNotYet(ids: readonly string[], state: GoalState): string | undefined {
  const unknown = ids.find((id) => state.tasks[id] === undefined);
  if (unknown !== undefined) return `there was no task '${unknown}'`;
  // Only what decides about them: a goal may have thousands of tasks.
  const needed = ids.flatMap((id) => state.tasks[id]?.dependsOn ?? []);
  const around = { ...state, tasks: pick(state.tasks, [...needed, ...ids]) };
  const dropped = new Set(droppedTasks(around).map(({ task }) => task));
  const begins = new Set(startsIn(around));
  const early = ids.find((id) => dropped.has(id) || !begins.has(id));
  return early === undefined ? undefined : reason(early, state);
}

/** Tasks that begin in a state if nothing else happens. */
export function startsIn(state: GoalState): readonly string[] {
  return new TaskSchedule(state, 0, noChance).take().map(({ task }) => task);
}

function reason(id: string, { tasks }: GoalState): string {
  const task = tasks[id];
  if (task !== undefined && task.status !== "waiting") return `task '${id}' was ${task.status}`;
  const open = (task?.dependsOn ?? []).filter((on) => {
    const other = tasks[on];
    return other === undefined || !isSettled(other);
  });
  if (open.length > 0) return `task '${id}' waited for ${open.join(", ")}`;
  return `task '${id}' was not to be begun any more`;
}

function pick<Value>(
  from: Readonly<Record<string, Value>>,
  keys: readonly string[],
): Readonly<Record<string, Value>> {
  return Object.fromEntries(
    keys.flatMap((key) => {
      const value = Object.hasOwn(from, key) ? from[key] : undefined;
      return value === undefined ? [] : [[key, value] as const];
    }),
  );
}

/** Chance decides nothing about which task is to begin, only when one is tried again. */
const noChance: Random = { next: () => 0.5, hex: (bytes) => "0".repeat(2 * bytes) };
