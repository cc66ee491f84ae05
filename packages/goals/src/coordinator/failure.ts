import { classifyFailure } from "@troupe/planning";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import type { GoalState, TaskState } from "../goal/state.ts";
import { interruptedCode } from "../goal/task-book.ts";

/** Most tries of one task that does not say, whoever does them. */
const attemptLimit = 5;
/** Most agents that may be lost over one task: beyond it the task is taken to be what kills them. */
const interruptionLimit = 8;
/** Most repairs of one goal's plan. */
const replanningLimit = 5;

/** Failures that no repetition can mend. */
const finalCodes: readonly string[] = [
  "malformed-input",
  "unsatisfiable-demand",
  "unknown-resource",
  "no-agents",
];

type FailureAnswer = Pick<Extract<GoalRecord, { type: "task-failed" }>, "classified" | "answer">;

/**
 * What follows from a failed attempt: by the failure's class, or by what the task says, it is tried
 * again, answered by a repaired plan, or final.
 *
 * @param repairable classes that the kind of goal has a repair for
 * @param attempt the try that failed, 1 for the first
 */
export function answerFailure(
  state: GoalState,
  task: TaskState,
  repairable: readonly string[],
  error: TaskError,
  attempt: number,
): FailureAnswer {
  const failure = classifyFailure(error);
  const classified = {
    class: failure.class,
    strategy: failure.strategy,
    evidence: failure.evidence,
  };
  if (mayRetry(task, error, attempt, failure.retries)) return { classified, answer: "retry" };
  const mayReplan =
    state.phase === "executing" &&
    repairable.includes(failure.class) &&
    state.replannings.length < replanningLimit;
  return { classified, answer: mayReplan ? "replan" : "give-up" };
}

function mayRetry(task: TaskState, error: TaskError, attempt: number, byClass: number): boolean {
  if (error.code === interruptedCode) return task.interruptions < interruptionLimit;
  if (finalCodes.includes(error.code)) return false;
  const tried = attempt - task.interruptions;
  if (task.retries !== undefined) return tried <= task.retries;
  return error.retryable && tried < attemptLimit && tried <= byClass;
}
