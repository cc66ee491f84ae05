import { InvalidGoalError, UnknownGoalKindError } from "../errors.ts";
import {
  type GoalDocument,
  goalIdSchema,
  issuesOf,
  readGoalDocument,
  readJson,
} from "../goal/goal.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { type Command, isCommand, readCommand } from "./command.ts";

/** Most bytes of headers: JetStream stores a message with 64 KiB of them, and says nothing of one with more. */
const headerBytes = 32 * 1024;

/** A goal that can be pursued. */
export interface ReadGoal {
  readonly document: GoalDocument;
  readonly kind: GoalKind;
  /** The publisher's own identifier: the document's `id`, else the `Nats-Msg-Id` header. */
  readonly id: string | undefined;
  /** Whether it asks to be traced however many goals begin. */
  readonly traced: boolean;
}

/** What somebody published where goals are. */
export type Published =
  | ({ readonly is: "goal" } & ReadGoal)
  | { readonly is: "command"; readonly command: Command };

/**
 * Reads and checks what was published.
 *
 * @throws InvalidGoalError naming each field that is wrong
 * @throws UnknownGoalKindError naming the kinds there are
 */
export function readPublished(
  payload: Uint8Array,
  headers: Readonly<Record<string, string>>,
  kinds: readonly GoalKind[],
): Published {
  checkHeaders(headers);
  const document = readJson(payload);
  if (isCommand(document)) return { is: "command", command: readCommand(document) };
  // That it is to be traced is for whoever takes it in: kinds do not know of it.
  const { trace, ...head } = readGoalDocument(document);
  const kind = kindNamed(head.kind, kinds);
  const parsed = kind.schema.safeParse(head);
  if (!parsed.success) throw new InvalidGoalError(issuesOf(parsed.error));
  const id = head.id ?? messageId(headers);
  return { is: "goal", document: parsed.data, kind, id, traced: trace === "always" };
}

function checkHeaders(headers: Readonly<Record<string, string>>): void {
  const bytes = Object.entries(headers).reduce(
    (sum, [name, value]) => sum + Buffer.byteLength(name) + Buffer.byteLength(value),
    0,
  );
  if (bytes <= headerBytes) return;
  throw new InvalidGoalError([
    { path: "headers", message: `${bytes} bytes exceed the limit of ${headerBytes}` },
  ]);
}

/** @throws UnknownGoalKindError naming the kinds there are */
export function kindNamed(name: string, kinds: readonly GoalKind[]): GoalKind {
  const kind = kinds.find((one) => one.name === name);
  if (kind !== undefined) return kind;
  throw new UnknownGoalKindError(
    name,
    kinds.map((one) => one.name),
  );
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
