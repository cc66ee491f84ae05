import { hostilePart } from "@troupe/agents";
import { z } from "zod";
import { type GoalIssue, InvalidGoalError } from "../errors.ts";

/** Goal identifiers become part of subjects and of folder names. */
export const goalIdSchema = z
  .string()
  .regex(/^[A-Za-z0-9_-]{1,64}$/, "must be 1 to 64 letters, digits, '-' or '_'");

/** Most things told to be wrong with one goal, and most characters about each. */
const issueLimit = 50;
const issueTextLimit = 300;

/** Largest goal accepted, bytes. */
const goalSizeLimit = 512 * 1024;

/** What every goal has, whatever its kind. The kind's own fields stand beside these. */
const goalHeadSchema = z.looseObject({
  id: goalIdSchema.optional(),
  kind: z.string('must be a string naming what is wanted, for example "clean"').min(1),
  /** Has it traced in full, however many goals begin. */
  trace: z.literal("always", 'must be "always", or left out').optional(),
});

/** A goal as published: JSON with a `kind`, optionally an `id`, and the kind's own fields. */
export type GoalDocument = z.output<typeof goalHeadSchema>;

/**
 * Reads the bytes somebody published as JSON.
 *
 * @throws InvalidGoalError when they are too many, no JSON, nested deeper than 64 levels, or name a prototype
 */
export function readJson(payload: Uint8Array): unknown {
  if (payload.length > goalSizeLimit) {
    throw new InvalidGoalError([
      { path: "", message: `${payload.length} bytes exceed the limit of ${goalSizeLimit}` },
    ]);
  }
  const document = parsed(payload);
  const hostile = hostilePart(document);
  if (hostile !== undefined) throw new InvalidGoalError([cut(hostile)]);
  return document;
}

function parsed(payload: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(payload));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new InvalidGoalError([{ path: "", message: `not JSON in UTF-8 (${why})` }]);
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

/** A validation failure as the plain list that publishers are told, of at most 50 things. */
export function issuesOf(error: z.ZodError): readonly GoalIssue[] {
  const issues = meant(error.issues);
  const told = issues
    .slice(0, issueLimit)
    .map(({ path, message }) => cut({ path: path.join("."), message }));
  const rest = issues.length - told.length;
  return rest === 0 ? told : [...told, { path: "", message: `and ${rest} more` }];
}

/** Of a choice between shapes, what is wrong with the one that went furthest: it is the one that was meant. */
function meant(issues: readonly z.core.$ZodIssue[]): readonly z.core.$ZodIssue[] {
  return issues.flatMap((issue) => {
    if (issue.code !== "invalid_union" || issue.errors.length === 0) return issue;
    const [closest] = issue.errors
      .map((branch) => meant(branch))
      .toSorted((a, b) => depth(b) - depth(a) || a.length - b.length);
    return (closest ?? []).map((one) => ({ ...one, path: [...issue.path, ...one.path] }));
  });
}

function depth(issues: readonly z.core.$ZodIssue[]): number {
  return issues.reduce((deepest, { path }) => Math.max(deepest, path.length), 0);
}

function cut({ path, message }: GoalIssue): GoalIssue {
  return { path: path.slice(0, issueTextLimit), message: message.slice(0, issueTextLimit) };
}
