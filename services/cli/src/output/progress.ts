import { applyRecords, type GoalEvent, type GoalState, unknownGoal } from "@troupe/goals";

/** A task attempt that failed, and what followed. */
interface SeenFailure {
  readonly task: string;
  readonly attempt: number;
  readonly message: string;
  readonly class: string;
  readonly strategy: string;
  readonly answer: "retry" | "replan" | "give-up";
}

/** What has been seen of a goal so far: its state, and when and why it came to be. Plain data. */
export interface Progress {
  readonly state: GoalState;
  /** Tasks that came before planning. */
  readonly opening: readonly string[];
  readonly failures: readonly SeenFailure[];
  /** Milliseconds since the epoch. */
  readonly openingEndedAt?: number;
  readonly deliberatedAt?: number;
  readonly plannedAt?: number;
}

/** Nothing seen yet. */
export function noProgress(goal: string): Progress {
  return { state: unknownGoal(goal), opening: [], failures: [] };
}

/** The progress after one more decision. */
export function advance(progress: Progress, { record, at }: GoalEvent): Progress {
  const next: Progress = { ...progress, state: applyRecords(progress.state, [record], at) };
  switch (record.type) {
    case "accepted":
      return { ...next, opening: record.tasks.map(({ id }) => id) };
    case "task-done":
      return progress.opening.includes(record.task) ? { ...next, openingEndedAt: at } : next;
    case "task-failed": {
      const { task, attempt, error, classified, answer } = record;
      const failure = {
        task,
        attempt,
        message: error.message,
        class: classified.class,
        strategy: classified.strategy,
        answer,
      };
      return { ...next, failures: [...progress.failures, failure] };
    }
    case "deliberated":
      return { ...next, deliberatedAt: at };
    case "planned":
      return { ...next, plannedAt: at };
    default:
      return next;
  }
}
