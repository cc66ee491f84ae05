import type { GoalOutcome, TaskOutcome } from "./state.ts";

/** Start a run of a task. Its end must be reported under the same number. */
export interface StartCommand {
  readonly type: "start";
  readonly run: number;
  readonly goal: string;
  readonly task: string;
  /** 1 for the first. */
  readonly attempt: number;
  /** A second copy of a run that takes too long. */
  readonly speculative: boolean;
}

/** Stop a run: whatever it still reports does not count. */
export interface StopCommand {
  readonly type: "stop";
  readonly run: number;
  readonly goal: string;
  readonly task: string;
  readonly reason: "timeout" | "outrun" | "cancelled";
}

/** A task has ended, exactly once. */
export interface SettledCommand {
  readonly type: "settled";
  readonly goal: string;
  readonly task: string;
  readonly outcome: TaskOutcome;
  /** The dependency whose end decided it, where it was not its own. */
  readonly because?: string;
}

/** A goal has ended: all its tasks are settled. */
export interface EndedCommand {
  readonly type: "ended";
  readonly goal: string;
  readonly outcome: GoalOutcome;
}

/** What the scheduler wants done, or known, in this order. */
export type Command = StartCommand | StopCommand | SettledCommand | EndedCommand;
