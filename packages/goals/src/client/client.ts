import type { Subscription, TransportMessage } from "@troupe/actor";
import { z } from "zod";
import { decodeJson, encodeJson, type Receipt, receiptSchema } from "../contract/replies.ts";
import { subjectsOf } from "../contract/subjects.ts";
import { type GoalRecord, goalRecordSchema } from "../goal/records.ts";
import {
  type GoalSummary,
  type GoalView,
  goalSummarySchema,
  goalViewSchema,
} from "../goal/view.ts";
import { type ClientPorts, request } from "./request.ts";

/** One decision about a goal, as clients see it. */
export interface GoalEvent {
  readonly sequence: number;
  /** When it was decided, milliseconds since the epoch. */
  readonly at: number;
  readonly record: GoalRecord;
}

const storedEventSchema = z.object({ at: z.number(), record: goalRecordSchema });
const historySchema = z.object({
  events: z.array(storedEventSchema.extend({ sequence: z.number() })),
  more: z.boolean(),
});

export interface GoalClientOptions {
  readonly ports: ClientPorts;
  /** The deployment's prefix. Default `troupe`. */
  readonly prefix?: string;
  /** Longest wait for an answer, milliseconds. Default 6000. */
  readonly waitMs?: number;
}

/** What people's programs do with goals, over the same subjects that any NATS client can use. */
export class GoalClient {
  readonly #ports: ClientPorts;
  readonly #prefix: string;
  readonly #waitMs: number;

  constructor(options: GoalClientOptions) {
    this.#ports = options.ports;
    this.#prefix = options.prefix ?? "troupe";
    this.#waitMs = options.waitMs ?? 6000;
  }

  /**
   * Publishes a goal and waits for the durable receipt.
   *
   * @param goal the document, as JSON data; give it an `id` to make a repeat safe
   * @throws RequestRefusedError when the goal is malformed; NoNodesError when nobody took it in
   */
  async submit(goal: unknown): Promise<Receipt> {
    return receiptSchema.parse(await this.#ask(this.#subjects.goals, goal));
  }

  /** Publishes a goal as `nats pub` does: stored, unanswered. */
  publish(goal: unknown): void {
    this.#ports.transport.publish(this.#subjects.goals, encodeJson(goal));
  }

  /** The goals known, newest first. */
  async list(): Promise<readonly GoalSummary[]> {
    const answer = await this.#ask(this.#subjects.list, {});
    return z.object({ goals: z.array(goalSummarySchema) }).parse(answer).goals;
  }

  /** @throws RequestRefusedError with code `goal-not-found` */
  async show(goal: string): Promise<GoalView> {
    return goalViewSchema.parse(await this.#ask(this.#subjects.show(goal), {}));
  }

  /** Asks for a goal to be stopped. Resolves when the request is recorded. */
  async cancel(goal: string, reason: string): Promise<void> {
    await this.#ask(this.#subjects.cancel(goal), { reason });
  }

  /** All decisions so far, oldest first. */
  async history(goal: string): Promise<readonly GoalEvent[]> {
    const events: GoalEvent[] = [];
    for (;;) {
      const after = events.at(-1)?.sequence ?? 0;
      const answer = await this.#ask(this.#subjects.history(goal), { after });
      const page = historySchema.parse(answer);
      events.push(...page.events);
      if (!page.more) return events;
    }
  }

  /**
   * Follows a goal: first everything decided so far, then each new decision as it is stored, each
   * once and in order.
   *
   * @returns stops following
   */
  async watch(goal: string, observe: (event: GoalEvent) => void): Promise<Subscription> {
    let last = 0;
    let live = false;
    const early: GoalEvent[] = [];
    const pass = (event: GoalEvent): void => {
      if (event.sequence <= last) return;
      last = event.sequence;
      observe(event);
    };
    const subscription = this.#ports.transport.subscribe(this.#subjects.events(goal), (message) => {
      const event = readEvent(message);
      if (event === undefined) return;
      if (live) pass(event);
      else early.push(event);
    });
    try {
      await this.#ports.transport.flush();
      for (const event of await this.#historyIfAny(goal)) pass(event);
    } catch (error) {
      subscription.unsubscribe();
      throw error;
    }
    live = true;
    for (const event of early) pass(event);
    return subscription;
  }

  /** A goal that has not been taken in yet has no history; its events will come. */
  async #historyIfAny(goal: string): Promise<readonly GoalEvent[]> {
    try {
      return await this.history(goal);
    } catch (error) {
      if (error instanceof Error && "code" in error && error.code === "goal-not-found") return [];
      throw error;
    }
  }

  get #subjects() {
    return subjectsOf(this.#prefix);
  }

  #ask(subject: string, body: unknown): Promise<unknown> {
    return request(this.#ports, this.#prefix, subject, body, this.#waitMs);
  }
}

/** An event as the server republished it: the sequence is in the headers. */
function readEvent(message: TransportMessage): GoalEvent | undefined {
  const sequence = Number(message.headers?.["Nats-Sequence"]);
  if (!Number.isInteger(sequence)) return undefined;
  const parsed = storedEventSchema.safeParse(decodeJson(message.payload));
  return parsed.success ? { sequence, ...parsed.data } : undefined;
}
