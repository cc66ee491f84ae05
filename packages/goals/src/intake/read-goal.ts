import { InvalidGoalError, UnknownGoalKindError } from "../errors.ts";
import { type GoalDocument, goalIdSchema, issuesOf, readGoalDocument } from "../goal/goal.ts";
import type { GoalKind } from "../kinds/kind.ts";

/** A goal that can be pursued. */
export interface ReadGoal {
  readonly document: GoalDocument;
  readonly kind: GoalKind;
  /** The publisher's own identifier: the document's `id`, else the `Nats-Msg-Id` header. */
  readonly id: string | undefined;
}

/**
 * Reads and checks a published goal.
 *
 * @throws InvalidGoalError naming each field that is wrong
 * @throws UnknownGoalKindError naming the kinds there are
 */
export function readGoal(
  payload: Uint8Array,
  headers: Readonly<Record<string, string>>,
  kinds: readonly GoalKind[],
): ReadGoal {
  const head = readGoalDocument(payload);
  const kind = kinds.find(({ name }) => name === head.kind);
  if (kind === undefined) {
    throw new UnknownGoalKindError(
      head.kind,
      kinds.map(({ name }) => name),
    );
  }
  const parsed = kind.schema.safeParse(head);
  if (!parsed.success) throw new InvalidGoalError(issuesOf(parsed.error));
  return { document: parsed.data, kind, id: head.id ?? messageId(headers) };
}

function messageId(headers: Readonly<Record<string, string>>): string | undefined {
  const entry = Object.entries(headers).find(([name]) => name.toLowerCase() === "nats-msg-id");
  if (entry === undefined) return undefined;
  const parsed = goalIdSchema.safeParse(entry[1]);
  if (!parsed.success) {
    throw new InvalidGoalError([
      {
        path: "Nats-Msg-Id header",
        message: "as a goal id it must be 1 to 64 letters, digits, '-' or '_'",
      },
    ]);
  }
  return parsed.data;
}

/** The identifier of a goal whose publisher gave none: its position in the goal stream. */
export function idFromSequence(sequence: number): string {
  return `g${sequence}`;
}
