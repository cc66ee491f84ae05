import type { z } from "zod";
import { InvalidGoalError, InvalidRequestError } from "../errors.ts";
import { issuesOf, readJson } from "../goal/goal.ts";

/**
 * Reads the body of a request. An empty one is an empty object, so that a bare `nats req` works.
 *
 * @throws InvalidRequestError naming what is wrong and where
 */
export function readRequest<S extends z.ZodType>(
  schema: S,
  { subject, payload }: { readonly subject: string; readonly payload: Uint8Array },
): z.output<S> {
  const body = payload.length === 0 ? {} : bodyOf(subject, payload);
  const read = schema.safeParse(body);
  if (!read.success) throw new InvalidRequestError(subject, issuesOf(read.error));
  return read.data;
}

function bodyOf(subject: string, payload: Uint8Array): unknown {
  try {
    return readJson(payload);
  } catch (error) {
    if (error instanceof InvalidGoalError) throw new InvalidRequestError(subject, error.issues);
    throw error;
  }
}
