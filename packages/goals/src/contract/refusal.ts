import { ensureError, TroupeError } from "@troupe/actor";
import {
  GoalAsleepError,
  GoalEndedError,
  GoalNotFoundError,
  InvalidGoalError,
  NotAskedError,
  UnknownGoalKindError,
} from "../errors.ts";
import type { Refusal } from "./replies.ts";

/** An error as it is told to whoever asked. */
export function refusalOf(thrown: unknown): Refusal {
  const error = ensureError(thrown);
  const known = error instanceof TroupeError ? error : undefined;
  return {
    error: {
      code: httpCode(error),
      description: error.message,
      reason: known?.code ?? "internal",
      retryable: known?.retryable ?? false,
      ...(error instanceof InvalidGoalError ? { issues: [...error.issues] } : {}),
    },
  };
}

function httpCode(error: Error): number {
  if (error instanceof InvalidGoalError || error instanceof UnknownGoalKindError) return 400;
  if (error instanceof GoalNotFoundError) return 404;
  const conflicts = [GoalEndedError, GoalAsleepError, NotAskedError];
  if (conflicts.some((kind) => error instanceof kind)) return 409;
  return error instanceof TroupeError && error.retryable ? 503 : 500;
}
