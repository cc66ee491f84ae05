import type { Subscription, TransportMessage } from "@troupe/actor";
import {
  type AgentTrail,
  agentTrails,
  isOfTask,
  type StoredStep,
  storedTrailSchema,
  type TrailPage,
  trailPageSchema,
} from "@troupe/agents";
import { z } from "zod";
import { decodeJson, encodeJson, type Receipt, receiptSchema } from "../contract/replies.ts";
import { subjectsOf } from "../contract/subjects.ts";
import { type DeadGoals, deadGoalsSchema } from "../desk/dead-goals.ts";
import { NoNodesError, RequestRefusedError } from "../errors.ts";
import {
  type GoalRecord,
  goalRecordSchema,
  recordsIn,
  storedRecordsSchema,
} from "../goal/records.ts";
import {
  type GoalSummary,
  type GoalView,
  goalSummarySchema,
  goalViewSchema,
} from "../goal/view.ts";
import { type Answer, answerRecorded } from "./answer-recorded.ts";
import { followRecords } from "./follow-records.ts";
import { type ClientPorts, request } from "./request.ts";

/** One decision about a goal, as clients see it. */
export interface GoalEvent {
  /** Position in the journal; decisions that were stored at once share it. */
  readonly sequence: number;
  /** When it was decided, milliseconds since the epoch. */
  readonly at: number;
  readonly record: GoalRecord;
}

const storedEventsSchema = z.object({ at: z.number(), record: storedRecordsSchema });
const historySchema = z.object({
  events: z.array(z.object({ sequence: z.number(), at: z.number(), record: goalRecordSchema })),
  more: z.boolean(),
});
/** `more`: ask again after the sequence of the last event. */
export type HistoryPage = z.output<typeof historySchema>;

/** Which of the goals are listed. */
export interface GoalListRequest {
  /** At most so many, 1 to 1000; fewer when they do not fit into a message. Default 200. */
  readonly limit?: number;
  /** Only goals that come after this one in the list. */
  readonly before?: string;
  /** Only goals with decisions after this position in the journal. Default 0: all. */
  readonly changedAfter?: number;
}

const pageSchema = z.object({
  goals: z.array(goalSummarySchema),
  more: z.boolean(),
  last: z.number(),
});
/** `more`: ask again with the last goal as `before`. `last`: how far the journal had been read, for `changedAfter`. */
export type GoalPage = z.output<typeof pageSchema>;

const spansSchema = z.object({
  batches: z.array(z.object({ sequence: z.number(), spans: z.base64() })),
  more: z.boolean(),
});

/** Most records of trails that one call brings, unless told otherwise. */
const trailRecords = 5000;

/** Which trails are wanted. */
export interface TrailRequest {
  /** Only of this task, with those of agents below it. Default: of all tasks. */
  readonly task?: string;
  /** At most so many records, about two a step; 1 or more. Default 5000. */
  readonly limit?: number;
}

/** What the agents of a goal did. */
export interface GoalTrails {
  readonly goal: string;
  /** In the order in which they began. */
  readonly trails: readonly AgentTrail[];
  /** There is more than `limit` records. */
  readonly more: boolean;
}

/** What a client talks with, and to which deployment. */
export interface GoalClientOptions {
  readonly ports: ClientPorts;
  /** The deployment's prefix. Default `troupe`. */
  readonly prefix?: string;
  /** What the subjects of answers begin with: those that the client may read. Default `<prefix>.inbox.client`. */
  readonly inboxes?: string;
  /** Longest wait for an answer, milliseconds. Default 6000. */
  readonly waitMs?: number;
  /** How long an approval that nobody has acknowledged may take to be found in the goal's journal, milliseconds. Default 30,000. */
  readonly approvalWaitMs?: number;
}

/** What people's programs do with goals, over the same subjects that any NATS client can use. */
export class GoalClient {
  readonly #ports: ClientPorts;
  readonly #prefix: string;
  readonly #inboxes: string;
  readonly #waitMs: number;
  readonly #approvalWaitMs: number;

  constructor(options: GoalClientOptions) {
    this.#ports = options.ports;
    this.#prefix = options.prefix ?? "troupe";
    this.#inboxes = options.inboxes ?? `${this.#prefix}.inbox.client`;
    this.#waitMs = options.waitMs ?? 6000;
    this.#approvalWaitMs = options.approvalWaitMs ?? 30_000;
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

  /** The goals known, newest first, at most 200. */
  async list(): Promise<readonly GoalSummary[]> {
    return (await this.listPage({})).goals;
  }

  /** A part of the goals known, newest first. */
  async listPage(wanted: GoalListRequest): Promise<GoalPage> {
    return pageSchema.parse(await this.#ask(this.#subjects.list, wanted));
  }

  /** Goals and commands that were published and refused, newest first, at most 200, and as many as fit into one message. */
  async deadGoals(): Promise<DeadGoals> {
    return deadGoalsSchema.parse(await this.#ask(this.#subjects.dead, {}));
  }

  /** @throws RequestRefusedError with code `goal-not-found` */
  async show(goal: string): Promise<GoalView> {
    return goalViewSchema.parse(await this.#ask(this.#subjects.show(goal), {}));
  }

  /**
   * Asks for a goal to be stopped. Resolves when the request is recorded.
   *
   * @param by who asks, as it is recorded; at most 200 characters. Default: nobody is named
   */
  async cancel(goal: string, reason: string, by?: string): Promise<void> {
    const asked = { reason, ...(by === undefined ? {} : { by }) };
    try {
      await this.#ask(this.#subjects.cancel(goal), asked);
    } catch (error) {
      // Nobody coordinates it, or whoever did is gone: as a command it waits for the next who does.
      const waits = ["goal-asleep", "ask-failed"];
      const isHeld = error instanceof RequestRefusedError && waits.includes(error.code);
      if (!isHeld) throw error;
      await this.submit({ command: "cancel", goal, ...asked });
    }
  }

  /**
   * Answers a task that asks people for approval, and wakes the goal if it sleeps. Resolves when the
   * answer is recorded. It is stored also while no node is there, as after the only one was killed, or while the one that
   * took it has died with it: then it is waited for, up to `approvalWaitMs`, until another one has recorded it. It is not
   * published twice, since the second would be refused.
   *
   * @throws RequestRefusedError with code `not-asked` when the task does not ask, or not any more, `receipt-late` when it
   *   was not recorded in time; NoNodesError when no node came in time
   */
  async approve(goal: string, answer: Answer): Promise<void> {
    const { clock } = this.#ports;
    const until = clock.monotonic() + this.#approvalWaitMs;
    try {
      await this.submit({ command: "approve", goal, ...answer });
    } catch (error) {
      const isLate = error instanceof RequestRefusedError && error.code === "receipt-late";
      if (!isLate && !(error instanceof NoNodesError)) throw error;
      const read = (after: number) => this.history(goal, after);
      if (!(await answerRecorded(read, answer, clock, until))) throw error;
    }
  }

  /**
   * Decisions so far, oldest first.
   *
   * @param after only those stored after this position in the journal. Default 0: all
   */
  async history(goal: string, after = 0): Promise<readonly GoalEvent[]> {
    const events: GoalEvent[] = [];
    for (;;) {
      const page = await this.historyPage(goal, events.at(-1)?.sequence ?? after);
      events.push(...page.events);
      if (!page.more) return events;
    }
  }

  /** Decisions stored after a position in the journal, oldest first, as many as fit into one message. */
  async historyPage(goal: string, after: number): Promise<HistoryPage> {
    return historySchema.parse(await this.#ask(this.#subjects.history(goal), { after }));
  }

  /**
   * What is stored of a goal's trace: batches of spans as nodes reported them, which `decodeSpans` of
   * `@troupe/telemetry` reads. Those of a goal that has just ended may still be on their way.
   *
   * @throws RequestRefusedError with code `goal-not-found`
   */
  async spans(goal: string): Promise<readonly Uint8Array[]> {
    const found: Uint8Array[] = [];
    let after = 0;
    for (;;) {
      const page = spansSchema.parse(await this.#ask(this.#subjects.spans(goal), { after }));
      found.push(...page.batches.map(({ spans }) => new Uint8Array(Buffer.from(spans, "base64"))));
      after = page.batches.at(-1)?.sequence ?? after;
      if (!page.more) return found;
    }
  }

  /**
   * What the agents that reason for a goal did, step by step: thoughts, actions, observations, what each step was
   * worth and cost, interventions, questions to people. While the goal runs, as far as it is; of a goal whose history was
   * removed only how they ended. Nothing when no agent reasons for it.
   *
   * @throws RequestRefusedError with code `goal-not-found`
   */
  async trail(
    goal: string,
    { task, limit = trailRecords }: TrailRequest = {},
  ): Promise<GoalTrails> {
    const records: TrailPage["records"][number][] = [];
    let next: number | undefined = 0;
    while (next !== undefined && records.length < limit) {
      const page: TrailPage = await this.trailPage(goal, { task, after: next });
      records.push(...page.records);
      next = page.next;
    }
    const more = next !== undefined || records.length > limit;
    return { goal, trails: agentTrails(records.slice(0, limit)), more };
  }

  /** Records of the trails of a goal's agents stored after a position in the journal, as many as fit into one message. */
  async trailPage(
    goal: string,
    wanted: { readonly task?: string | undefined; readonly after?: number },
  ): Promise<TrailPage> {
    return trailPageSchema.parse(await this.#ask(this.#subjects.trail(goal), wanted));
  }

  /**
   * Follows a goal: first everything decided so far, then each new decision as it is stored, each
   * once and in order. At most 16 MiB of what comes wait while the rest is read; of more, the journal is read again.
   *
   * @returns stops following
   */
  async watch(goal: string, observe: (event: GoalEvent) => void): Promise<Subscription> {
    const source = {
      subject: this.#subjects.events(goal),
      read: readEvents,
      stored: (after: number, pass: (events: readonly GoalEvent[]) => void) =>
        unlessUnknown(async () => pass(await this.history(goal, after))),
    };
    return followRecords(this.#ports.transport, source, observe);
  }

  /**
   * Follows the agents that reason for a goal: first every record of their trails so far, then each new one as it is
   * stored, each once and in order.
   *
   * @param wanted.task only this task's agent, and those below it. Default: all
   * @returns stops following
   */
  watchTrail(
    goal: string,
    wanted: { readonly task?: string | undefined },
    observe: (step: StoredStep) => void,
  ): Promise<Subscription> {
    const subject = this.#subjects.agentEvents(goal);
    const source = {
      subject,
      read: (message: TransportMessage) =>
        readSteps(message, subject).filter(({ task }) => isOfTask(task, wanted.task)),
      stored: (after: number, pass: (steps: readonly StoredStep[]) => void) =>
        unlessUnknown(async () => {
          for (let next: number | undefined = after; next !== undefined; ) {
            const page: TrailPage = await this.trailPage(goal, { ...wanted, after: next });
            pass(page.records);
            next = page.next;
          }
        }),
    };
    return followRecords(this.#ports.transport, source, observe);
  }

  get #subjects() {
    return subjectsOf(this.#prefix);
  }

  #ask(subject: string, body: unknown): Promise<unknown> {
    return request(this.#ports, this.#inboxes, subject, body, this.#waitMs);
  }
}

/** A goal that has not been taken in yet has nothing stored; its events will come. */
async function unlessUnknown(read: () => Promise<void>): Promise<void> {
  try {
    await read();
  } catch (error) {
    if (!(error instanceof RequestRefusedError && error.code === "goal-not-found")) throw error;
  }
}

/**
 * The record of a trail that the server republished: the sequence is in the headers.
 *
 * @param heard the subject that was subscribed to; what stands in the place of its `>` is the task's name
 */
function readSteps(
  { subject, headers, payload }: TransportMessage,
  heard: string,
): readonly StoredStep[] {
  const sequence = Number(headers?.["Nats-Sequence"]);
  const parsed = storedTrailSchema.safeParse(decodeJson(payload));
  if (!Number.isInteger(sequence) || !parsed.success) return [];
  return [{ task: subject.slice(heard.length - 1), sequence, ...parsed.data }];
}

/** Events as the server republished them: the sequence is in the headers. */
function readEvents(message: TransportMessage): readonly GoalEvent[] {
  const sequence = Number(message.headers?.["Nats-Sequence"]);
  if (!Number.isInteger(sequence)) return [];
  const parsed = storedEventsSchema.safeParse(decodeJson(message.payload));
  if (!parsed.success) return [];
  const { at, record } = parsed.data;
  return recordsIn(record).map((one) => ({ sequence, at, record: one }));
}
