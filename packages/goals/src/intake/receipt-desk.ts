import { createHash } from "node:crypto";
import {
  type Journal,
  type Ports,
  type Subscription,
  type TransportMessage,
  TroupeError,
} from "@troupe/actor";
import { z } from "zod";
import { refusalOf } from "../contract/refusal.ts";
import { decodeJson, encodeJson, type Receipt, refusalSchema } from "../contract/replies.ts";
import type { Subjects } from "../contract/subjects.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { type Published, readPublished } from "./read-goal.ts";

/** A goal or a command was published, but no node has taken it in within the wait. */
export class ReceiptLateError extends TroupeError {
  readonly code = "receipt-late";
  readonly retryable = true;
  constructor(what: Published["is"], waitedMs: number) {
    super(
      what === "goal"
        ? `the goal was not taken in within ${waitedMs} ms; it may be stored and run later: publish it again with the same 'id', which is never run twice`
        : `nobody has done what the command says within ${waitedMs} ms; it is stored, and is done as soon as a node has its goal: 'troupe goal show' tells`,
    );
  }
}

/** Told by the node that takes a goal in to all nodes, so that the one holding the request answers. */
const acceptedNoticeSchema = z.object({
  /** What request and stored goal have in common: the publisher's id, or a digest of the bytes. */
  key: z.string(),
  goal: z.string(),
  sequence: z.number(),
  duplicate: z.boolean(),
  /** Why nothing came of it. */
  refusal: refusalSchema.optional(),
});
export type AcceptedNotice = z.output<typeof acceptedNoticeSchema>;

/** What identifies a published goal before its position in the stream is known. */
export function noticeKey(id: string | undefined, payload: Uint8Array): string {
  if (id !== undefined) return `id:${id}`;
  return `sha256:${createHash("sha256").update(payload).digest("hex")}`;
}

interface ReceiptOptions {
  readonly ports: Ports;
  readonly journal: Journal;
  readonly subjects: Subjects;
  readonly kinds: readonly GoalKind[];
  /** Name of the goal stream, for the receipt. */
  readonly stream: string;
  /** Longest wait for a node to take the goal in, milliseconds. Default 5000. */
  readonly waitMs?: number;
  /** Most requests waiting at once; more are refused at once. Default 1024. */
  readonly pendingLimit?: number;
}

interface Pending {
  readonly reply: string;
  readonly cancelTimer: () => void;
  promised: boolean;
}

/**
 * Answers goals that were published as requests: a receipt once the goal is durably taken in, or
 * the reason why it never will be. The goal stream itself acknowledges nothing, so this is the only
 * answer. Nodes share the work as a queue group.
 */
export class ReceiptDesk {
  readonly #options: ReceiptOptions;
  readonly #pending = new Map<string, Pending[]>();
  readonly #subscriptions: readonly Subscription[];
  #waiting = 0;

  constructor(options: ReceiptOptions) {
    this.#options = options;
    const { transport } = options.ports;
    this.#subscriptions = [
      transport.subscribe(options.subjects.goals, (message) => this.#request(message), {
        queue: "receipts",
      }),
      transport.subscribe(options.subjects.accepted, (message) => this.#accepted(message)),
    ];
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
    for (const waiting of this.#pending.values())
      for (const { cancelTimer } of waiting) cancelTimer();
    this.#pending.clear();
  }

  #request(message: TransportMessage): void {
    const { reply } = message;
    if (reply === undefined) return;
    const { kinds, waitMs = 5000, pendingLimit = 1024 } = this.#options;
    let published: Published;
    try {
      published = readPublished(message.payload, message.headers ?? {}, kinds);
      if (this.#waiting >= pendingLimit) throw new ReceiptLateError(published.is, 0);
    } catch (error) {
      this.#answer(reply, refusalOf(error));
      return;
    }
    const { is } = published;
    const id = published.is === "goal" ? published.id : undefined;
    const key = noticeKey(id, message.payload);
    const cancelTimer = this.#options.ports.clock.schedule(waitMs, () => {
      if (this.#take(key, reply)) this.#answer(reply, refusalOf(new ReceiptLateError(is, waitMs)));
    });
    this.#pending.set(key, [
      ...(this.#pending.get(key) ?? []),
      { reply, cancelTimer, promised: false },
    ]);
    this.#waiting += 1;
    if (id !== undefined) void this.#answerIfKnown(id, key, reply);
  }

  /** A goal known since long: its repeat may have been dropped by the stream and never be delivered. */
  async #answerIfKnown(id: string, key: string, reply: string): Promise<void> {
    try {
      const [first] = await this.#options.journal.read(`journal.goal.${id}`, { limit: 1 });
      if (first === undefined) return;
      const sequence = z
        .object({ record: z.object({ sequence: z.number() }) })
        .parse(decodeJson(first.payload)).record.sequence;
      if (this.#take(key, reply)) this.#answer(reply, this.#receipt(id, sequence, true));
    } catch (error) {
      this.#options.ports.log("warn", "could not look a goal up for its receipt", { id, error });
    }
  }

  #accepted(message: TransportMessage): void {
    const parsed = acceptedNoticeSchema.safeParse(safeJson(message.payload));
    if (!parsed.success) return;
    const notice = parsed.data;
    const waiting = this.#pending.get(notice.key)?.find(({ promised }) => !promised);
    if (waiting === undefined) return;
    // Promised to this goal until the claim is settled, so that the next goal answers the next one.
    waiting.promised = true;
    void this.#claim(notice).then((claimed) => {
      waiting.promised = false;
      if (!claimed || !this.#take(notice.key, waiting.reply)) return;
      const receipt = this.#receipt(notice.goal, notice.sequence, notice.duplicate);
      this.#answer(waiting.reply, notice.refusal ?? receipt);
    });
  }

  /**
   * Goals without an id are recognised by their bytes, and equal bytes may be several goals with
   * several requests, waiting on several nodes: each stored goal answers one of them.
   */
  async #claim(notice: AcceptedNotice): Promise<boolean> {
    if (notice.key.startsWith("id:")) return true;
    try {
      await this.#options.journal.append(
        `journal.receipt.${notice.sequence}`,
        encodeJson({ goal: notice.goal }),
        { expected: 0 },
      );
      return true;
    } catch (error) {
      this.#options.ports.log("debug", "receipt claimed elsewhere", { ...notice, error });
      return false;
    }
  }

  #take(key: string, reply: string): boolean {
    const waiting = this.#pending.get(key);
    const found = waiting?.find((pending) => pending.reply === reply);
    if (waiting === undefined || found === undefined) return false;
    found.cancelTimer();
    this.#waiting -= 1;
    const rest = waiting.filter((pending) => pending !== found);
    if (rest.length === 0) this.#pending.delete(key);
    else this.#pending.set(key, rest);
    return true;
  }

  #receipt(goal: string, seq: number, duplicate: boolean): Receipt {
    return { goal, stream: this.#options.stream, seq, duplicate };
  }

  #answer(reply: string, answer: unknown): void {
    this.#options.ports.transport.publish(reply, encodeJson(answer));
  }
}

function safeJson(payload: Uint8Array): unknown {
  try {
    return decodeJson(payload);
  } catch {
    return undefined;
  }
}
