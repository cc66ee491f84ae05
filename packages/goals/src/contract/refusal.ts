import { ensureError, TroupeError } from "@troupe/actor";
import {
  GoalAsleepError,
  GoalEndedError,
  GoalNotFoundError,
  GoalTooLargeError,
  InvalidGoalError,
  InvalidRequestError,
  NotAskedError,
  UnknownGoalKindError,
} from "../errors.ts";
import type { Refusal } from "./replies.ts";

/** Most characters of what is told: it travels in one message, and parts of it somebody else wrote. */
const descriptionLimit = 8000;

/** An error as it is told to whoever asked. */
export function refusalOf(thrown: unknown): Refusal {
  const error = ensureError(thrown);
  const known = error instanceof TroupeError ? error : undefined;
  return {
    error: {
      code: httpCode(error),
      description: error.message.slice(0, descriptionLimit),
      reason: known?.code ?? "internal",
      retryable: known?.retryable ?? false,
      ...(isInvalid(error) ? { issues: [...error.issues] } : {}),
    },
  };
}

function httpCode(error: Error): number {
  if (isInvalid(error) || error instanceof UnknownGoalKindError) return 400;
  if (error instanceof GoalNotFoundError) return 404;
  if (error instanceof GoalTooLargeError) return 413;
  const conflicts = [GoalEndedError, GoalAsleepError, NotAskedError];
  if (conflicts.some((kind) => error instanceof kind)) return 409;
  return error instanceof TroupeError && error.retryable ? 503 : 500;
}

function isInvalid(error: Error): error is InvalidGoalError | InvalidRequestError {
  return error instanceof InvalidGoalError || error instanceof InvalidRequestError;
}
