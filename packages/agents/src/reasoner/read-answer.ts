import type { z } from "zod";
import { hostilePart } from "../hostile-part.ts";
import type { AnswerIssue, ReasonerRequest } from "./reasoner.ts";

/** Most issues of one answer that are kept and sent back. */
const issueLimit = 50;

/** Most characters of a place, and of what is said about it: both can hold text of the model. */
const issueTextLimit = 300;

type ReadAnswer<T> =
  | { readonly ok: true; readonly answer: T }
  | { readonly ok: false; readonly issues: readonly AnswerIssue[] };

/**
 * Reads what a model wrote as an answer: JSON, alone or as the one fenced block of a longer text, in
 * the shape asked for, and passing the request's check.
 */
export function readAnswer<T>(
  text: string,
  { schema, check }: Pick<ReasonerRequest<T>, "schema" | "check">,
): ReadAnswer<T> {
  if (text.trim() === "") return refuse([{ path: "", message: "the answer is empty" }]);
  const found = findJson(text);
  if (!found.ok) return refuse([{ path: "", message: found.why }]);
  const hostile = hostilePart(found.value);
  if (hostile !== undefined) return refuse([hostile]);
  const parsed = schema.safeParse(found.value);
  if (!parsed.success) return refuse(parsed.error.issues.map(describe));
  const issues = check?.(parsed.data) ?? [];
  return issues.length === 0 ? { ok: true, answer: parsed.data } : refuse(issues);
}

function refuse(issues: readonly AnswerIssue[]): ReadAnswer<never> {
  const kept = issues.slice(0, issueLimit).map(({ path, message }) => ({
    path: path.slice(0, issueTextLimit),
    message: message.slice(0, issueTextLimit),
  }));
  const rest = issues.length - kept.length;
  const more = rest === 0 ? [] : [{ path: "", message: `and ${rest} more` }];
  return { ok: false, issues: [...kept, ...more] };
}

type FoundJson =
  | { readonly ok: true; readonly value: unknown }
  | { readonly ok: false; readonly why: string };

function findJson(text: string): FoundJson {
  const whole = parseJson(text);
  if (whole.ok) return whole;
  const blocks = text
    .split("```")
    .filter((_part, index) => index % 2 === 1)
    .map((block) => parseJson(block.replace(/^[A-Za-z]*\s/, "")))
    .filter((block) => block.ok);
  const [only] = blocks;
  if (only !== undefined && blocks.length === 1) return only;
  if (blocks.length > 1) {
    return { ok: false, why: `the answer holds ${blocks.length} JSON blocks: write only one` };
  }
  return { ok: false, why: `the answer is not JSON: ${whole.why}` };
}

function parseJson(text: string): FoundJson {
  try {
    return { ok: true, value: JSON.parse(text) };
  } catch (error) {
    return { ok: false, why: (error as SyntaxError).message };
  }
}

function describe({ path, message }: z.core.$ZodIssue): AnswerIssue {
  return { path: path.join("."), message };
}
