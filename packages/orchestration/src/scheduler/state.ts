import type { Estimates } from "./estimates.ts";
import type { OnFailure, RetryPolicy } from "./goal-spec.ts";
import type { Resources } from "./resources.ts";

/** What holds for all goals of a scheduler. */
export interface SchedulerSettings {
  /** All that there is to share out. */
  readonly capacity: Resources;
  /** Longest time of a run whose task sets none; so that a silent worker never blocks a goal. */
  readonly timeout: number;
  /**
   * Time that a stopped run keeps its resources unless it reports its end before. Default 0: they
   * are free as soon as it is told to stop.
   */
  readonly grace?: number;
  /**
   * How often a ready task may be overtaken because it does not fit. After that what it needs is
   * kept free for it. Default 16.
   */
  readonly patience?: number;
}

/** Where a task stands. The last four are final. */
export type TaskStatus =
  | "waiting"
  | "ready"
  | "running"
  | "delayed"
  | "done"
  | "failed"
  | "skipped"
  | "cancelled";

/** How a task ended. */
export type TaskOutcome = Extract<TaskStatus, "done" | "failed" | "skipped" | "cancelled">;

/**
 * How a goal ended: `failed` when a failure reached a task that nothing depends on, which is a result
 * of the goal; `partial` when something failed or was left out and edges stopped it on its way.
 */
export type GoalOutcome = "succeeded" | "partial" | "failed" | "cancelled";

/** One task in the state. */
export interface TaskRecord {
  readonly id: string;
  readonly kind?: string;
  readonly expected: number;
  /** Longest expected path from its start to the end of the goal. */
  readonly rank: number;
  readonly demand: Resources;
  readonly demandClass: string;
  readonly timeout: number;
  readonly retry?: RetryPolicy;
  readonly speculateAfter?: number;
  readonly dependents: readonly { readonly task: number; readonly onFailure: OnFailure }[];
  status: TaskStatus;
  /** Dependencies that still have to end. */
  waitingFor: number;
  failures: number;
  /** Runs under way that count; two while a second copy races the first. */
  runs: number[];
  /** How often others were started before it because it did not fit. */
  overtaken: number;
}

/** One goal in the state. */
export interface GoalRecord {
  readonly id: string;
  readonly number: number;
  readonly share: number;
  readonly failFast: boolean;
  readonly tasks: readonly TaskRecord[];
  /** Tasks that have not ended. */
  unsettled: number;
  /** Ready tasks, a heap by rank for each class of demand. */
  readonly ready: Record<string, number[]>;
  readyCount: number;
  /** Classes in whose queue of goals this one stands. */
  readonly queued: Record<string, true>;
  /** Resource time it has had by its share: whoever has had least comes next. */
  pass: number;
  hasFailed: boolean;
  isPartial: boolean;
}

/** Goals that have ready tasks of one demand. */
export interface DemandQueue {
  readonly demand: Resources;
  /** A heap by `pass`, which may be lower than the goal's own by now, never higher. */
  readonly goals: { readonly goal: number; readonly pass: number }[];
}

/** One run that holds resources. */
export interface RunRecord {
  readonly run: number;
  readonly goal: number;
  readonly task: number;
  readonly demand: Resources;
  readonly startedAt: number;
  /** Told to stop: its result does not count, its end frees its resources. */
  stopping: boolean;
}

/** Something that becomes due. */
export type Timer =
  | { readonly at: number; readonly kind: "timeout" | "straggler" | "gone"; readonly run: number }
  | { readonly at: number; readonly kind: "retry"; readonly goal: number; readonly task: number };

/**
 * All that the scheduler knows: plain data, changed in place. Stored as JSON and read back it goes
 * on with the same decisions.
 */
export interface SchedulerState {
  settings: Required<SchedulerSettings>;
  now: number;
  /** Below zero while runs hold more than there is: capacity can shrink. */
  readonly free: Record<string, number>;
  /** By number; goals that have ended are forgotten. */
  readonly goals: Record<number, GoalRecord>;
  readonly demands: Record<string, DemandQueue>;
  readonly runs: Record<number, RunRecord>;
  /** A heap by time. Timers that no longer matter are swept out now and then. */
  timers: Timer[];
  /** Length of `timers` at which they are swept. */
  sweepAt: number;
  /** Runs that take too long, in the order noticed. */
  readonly stragglers: number[];
  readonly estimates: Estimates;
  /** Ready tasks of all goals. */
  readyCount: number;
  /** `pass` of the goal that was served last: goals that come, or come back, start from here. */
  virtualTime: number;
  nextGoal: number;
  nextRun: number;
}
