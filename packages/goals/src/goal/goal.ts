import { z } from "zod";
import { type GoalIssue, InvalidGoalError } from "../errors.ts";

/** Goal identifiers become part of subjects and of folder names. */
export const goalIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, '-' or '_'");

/** Largest goal accepted, bytes. */
const goalSizeLimit = 512 * 1024;

/** What every goal has, whatever its kind. The kind's own fields stand beside these. */
const goalHeadSchema = z.looseObject({
  id: goalIdSchema.optional(),
  kind: z.string('must be a string naming what is wanted, for example "clean"').min(1),
});

/** A goal as published: JSON with a `kind`, optionally an `id`, and the kind's own fields. */
export type GoalDocument = z.output<typeof goalHeadSchema>;

/**
 * Reads the bytes somebody published as JSON.
 *
 * @throws InvalidGoalError when they are too many, or no JSON
 */
export function readJson(payload: Uint8Array): unknown {
  if (payload.length > goalSizeLimit) {
    throw new InvalidGoalError([
      { path: "", message: `${payload.length} bytes exceed the limit of ${goalSizeLimit}` },
    ]);
  }
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidGoalError([
      { path: "", message: `not JSON (${why}); expected {"kind": "clean", "source": "<file>"}` },
    ]);
  }
}

/**
 * Reads what every goal has.
 *
 * @throws InvalidGoalError naming what is wrong and where
 */
export function readGoalDocument(document: unknown): GoalDocument {
  const parsed = goalHeadSchema.safeParse(document);
  if (!parsed.success) throw new InvalidGoalError(issuesOf(parsed.error));
  return parsed.data;
}

/** A validation failure as the plain list that publishers are told. */
export function issuesOf(error: z.ZodError): readonly GoalIssue[] {
  return error.issues.map((issue) => ({ path: issue.path.join("."), message: issue.message }));
}
