import { classifyFailure } from "@troupe/planning";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import type { GoalState } from "../goal/state.ts";

/** Most tries of one task, whoever does them. */
const attemptLimit = 5;
/** Most repairs of one goal's plan. */
const replanningLimit = 5;

type FailureAnswer = Pick<Extract<GoalRecord, { type: "task-failed" }>, "classified" | "answer">;

/**
 * What follows from a failed attempt: by the failure's class it is tried again, answered by a
 * repaired plan, or final.
 *
 * @param repairable classes that the kind of goal has a repair for
 * @param attempt the try that failed, 1 for the first
 */
export function answerFailure(
  state: GoalState,
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
  const mayRetry = error.retryable && attempt < attemptLimit && attempt <= failure.retries;
  if (mayRetry) return { classified, answer: "retry" };
  const mayReplan =
    state.plan !== undefined &&
    repairable.includes(failure.class) &&
    state.replannings.length < replanningLimit;
  return { classified, answer: mayReplan ? "replan" : "give-up" };
}
