import type { Command } from "./commands.ts";
import type { GoalRecord, RunRecord, SchedulerState, TaskRecord } from "./state.ts";

/** One step of the state machine: the state it changes, what it was given, what comes of it. */
export interface Turn {
  readonly state: SchedulerState;
  /** A random number, 0 to 1. */
  readonly jitter: number;
  readonly commands: Command[];
}

/** A task with the goal it belongs to. */
export interface Placed {
  readonly goal: GoalRecord;
  readonly task: TaskRecord;
  /** Position in the goal. */
  readonly index: number;
}

/** The task at a position; `undefined` when its goal has ended. */
export function taskAt(state: SchedulerState, goal: number, index: number): Placed | undefined {
  const record = state.goals[goal];
  const task = record?.tasks[index];
  return record === undefined || task === undefined ? undefined : { goal: record, task, index };
}

/** The task that a run is of; `undefined` when its goal has ended. */
export function taskOf(state: SchedulerState, run: RunRecord): Placed | undefined {
  return taskAt(state, run.goal, run.task);
}
