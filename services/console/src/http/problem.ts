import { TroupeError } from "@troupe/actor";
import type { Context } from "hono";
import { HTTPException } from "hono/http-exception";
import type { ContentfulStatusCode } from "hono/utils/http-status";
import { z } from "zod";

/** Statuses of errors by their code; others are 503 when they may pass, else 500. */
const statuses: Readonly<Record<string, ContentfulStatusCode>> = {
  "invalid-goal": 400,
  "invalid-request": 400,
  "unknown-goal-kind": 400,
  "goal-not-found": 404,
  "goal-too-large": 413,
  "goal-ended": 409,
  "goal-asleep": 409,
  "not-asked": 409,
  "no-nodes": 503,
};

/** An error as the API answers it. */
export function problem(
  context: Context,
  status: ContentfulStatusCode,
  reason: string,
  description: string,
  retryable = false,
): Response {
  return context.json({ error: { reason, description, retryable } }, status);
}

/** What was thrown while a request was answered, as the API answers it; what is ours to mend is not told. */
export function problemOf(context: Context, thrown: unknown): Response {
  if (thrown instanceof TroupeError) {
    const status = statuses[thrown.code] ?? (thrown.retryable ? 503 : 500);
    return problem(context, status, thrown.code, thrown.message, thrown.retryable);
  }
  if (thrown instanceof z.ZodError) {
    const [issue] = thrown.issues;
    const where = issue?.path.join(".") ?? "";
    return problem(context, 400, "invalid", `${where}: ${issue?.message ?? "wrong"}`);
  }
  // What the framework itself refuses: a body that is no JSON, or that ends too early.
  if (thrown instanceof HTTPException && thrown.status < 500) {
    return problem(context, thrown.status, "invalid", thrown.message);
  }
  return problem(
    context,
    500,
    "internal",
    "Something went wrong; the log of the console says what.",
  );
}
