import {
  type ActorSystem,
  type Journal,
  type Ports,
  parseTraceparent,
  type Subscription,
  type TransportMessage,
} from "@troupe/actor";
import { readTrails } from "@troupe/agents";
import { z } from "zod";
import { answer } from "../contract/answer.ts";
import { readRequest } from "../contract/read-request.ts";
import type { Subjects } from "../contract/subjects.ts";
import { coordinatorProtocol } from "../coordinator/protocol.ts";
import {
  GoalAsleepError,
  GoalChangesHandsError,
  GoalEndedError,
  GoalNotFoundError,
  InvalidRequestError,
} from "../errors.ts";
import { goalIdSchema } from "../goal/goal.ts";
import { type GoalJournal, openGoalJournal, readGoalRecords } from "../goal/journal.ts";
import { hasEnded } from "../goal/phases.ts";
import { viewOf } from "../goal/view.ts";
import { deadGoalsRequestSchema, readDeadGoals } from "./dead-goals.ts";
import { GoalIndex } from "./goal-index.ts";

/** Goals in one list, newest kept, and the most that may be asked for. */
const listLimit = 200;
const longestList = 1000;
/** Largest page of history, bytes of payload. */
const pageBytes = 256 * 1024;
/** Batches of spans looked at for one page. */
const pageBatches = 100;
/** Largest batch of spans that fits into a message of 1 MiB as base64, bytes. */
const largestBatch = 700 * 1024;

const cancelRequestSchema = z.object({
  reason: z.string().max(1000).default("asked to"),
  by: z.string().min(1).max(200).optional(),
});
const listRequestSchema = z.object({
  limit: z.number().int().min(1).max(longestList).default(listLimit),
  before: z.string().optional(),
  changedAfter: z.number().int().min(0).default(0),
});

const pageRequestSchema = z.object({ after: z.number().int().min(0).default(0) });

const trailRequestSchema = z.object({
  task: z.string().max(300).optional(),
  after: z.number().int().min(0).default(0),
});

interface AnswerOptions {
  readonly system: ActorSystem;
  readonly ports: Ports;
  readonly journal: Journal;
  readonly subjects: Subjects;
}

/** Answers what clients ask about goals, from the journal. Nodes share the work as a queue group. */
export class AnswerDesk {
  readonly #options: AnswerOptions;
  readonly #index: GoalIndex;
  readonly #subscriptions: readonly Subscription[];

  constructor(options: AnswerOptions) {
    this.#options = options;
    this.#index = new GoalIndex(options.journal, options.ports.clock);
    const listen = (subject: string): Subscription =>
      options.ports.transport.subscribe(subject, (message) => void this.#serve(message), {
        queue: "answers",
      });
    this.#subscriptions = [listen(options.subjects.queries), listen(options.subjects.commands)];
  }

  close(): void {
    for (const subscription of this.#subscriptions) subscription.unsubscribe();
  }

  async #serve(message: TransportMessage): Promise<void> {
    if (message.reply === undefined) return;
    const { reply, subject } = message;
    await answer(this.#options.ports, { reply, subject }, () => this.#answer(message));
  }

  async #answer(message: TransportMessage): Promise<unknown> {
    const { subjects, system } = this.#options;
    const [topic, second, id = ""] = message.subject.slice(system.prefix.length + 1).split(".");
    if (message.subject === subjects.list) return this.#list(message);
    if (message.subject === subjects.dead) return this.#dead(message);
    if (topic === "query" && second === "goal") return this.#show(id);
    if (topic === "query" && second === "spans") return this.#spans(id, message);
    if (topic === "query" && second === "history") return this.#history(id, message);
    if (topic === "query" && second === "trail") return this.#trail(id, message);
    if (topic === "command" && second === "cancel") return this.#cancel(id, message);
    throw new InvalidRequestError(message.subject, [{ path: "", message: "no such request" }]);
  }

  async #list(message: TransportMessage): Promise<unknown> {
    const { limit, before, changedAfter } = readRequest(listRequestSchema, message);
    return this.#index.list({ limit, before, changedAfter });
  }

  async #dead(message: TransportMessage): Promise<unknown> {
    const wanted = readRequest(deadGoalsRequestSchema, message);
    return readDeadGoals(this.#options.journal, wanted);
  }

  async #show(id: string): Promise<unknown> {
    return viewOf((await this.#open(id)).state);
  }

  async #history(id: string, message: TransportMessage): Promise<unknown> {
    const { after } = readRequest(pageRequestSchema, message);
    if (!goalIdSchema.safeParse(id).success) throw new GoalNotFoundError(id);
    const { journal } = this.#options;
    const records = await readGoalRecords(journal, id, { after });
    if (records.length === 0) await this.#open(id);
    const page: (typeof records)[number][] = [];
    let bytes = 0;
    for (const record of records) {
      bytes += JSON.stringify(record).length;
      // Records that were stored at once stay together: the next page begins after their sequence.
      const isSplit = page.at(-1)?.sequence === record.sequence;
      if (page.length > 0 && bytes > pageBytes && !isSplit) break;
      page.push(record);
    }
    return { events: page, more: page.length < records.length };
  }

  /** Spans are told as nodes stored them: what is in them is the reader's concern. */
  async #spans(id: string, message: TransportMessage): Promise<unknown> {
    const { after } = readRequest(pageRequestSchema, message);
    const { traceId } = parseTraceparent((await this.#open(id)).state.trace) ?? {};
    if (traceId === undefined) return { batches: [], more: false };
    const { journal } = this.#options;
    const stored = await journal.read(`spans.${traceId}`, { after, limit: pageBatches });
    const batches: { readonly sequence: number; readonly spans: string }[] = [];
    let bytes = 0;
    for (const { sequence, payload } of stored) {
      // What cannot be told in one message is told as nothing, which readers count as a batch that they cannot read.
      const batch = payload.length > largestBatch ? new Uint8Array() : payload;
      bytes += batch.length;
      if (batches.length > 0 && bytes > pageBytes) break;
      batches.push({ sequence, spans: Buffer.from(batch).toString("base64") });
    }
    return { batches, more: batches.length < stored.length || stored.length === pageBatches };
  }

  async #trail(id: string, message: TransportMessage): Promise<unknown> {
    const wanted = readRequest(trailRequestSchema, message);
    if (!goalIdSchema.safeParse(id).success) throw new GoalNotFoundError(id);
    const page = await readTrails(this.#options.journal, id, wanted);
    // Of a goal without such agents it must still be known.
    if (page.records.length === 0) await this.#open(id);
    return page;
  }

  async #cancel(id: string, message: TransportMessage): Promise<unknown> {
    const asked = readRequest(cancelRequestSchema, message);
    const { state } = await this.#open(id);
    if (hasEnded(state)) throw new GoalEndedError(id, state.phase);
    if (state.suspended) throw new GoalAsleepError(id, this.#options.subjects.goals);
    const address = `${state.coordinator}/goal-${id}`;
    const ref = this.#options.system.ref(coordinatorProtocol, address);
    const { recorded } = await ref.ask("cancel", asked, { withinMs: 4000 });
    if (!recorded) throw new GoalChangesHandsError(id);
    return { goal: id, cancelling: true };
  }

  async #open(id: string): Promise<GoalJournal> {
    if (!goalIdSchema.safeParse(id).success) throw new GoalNotFoundError(id);
    const { journal, ports } = this.#options;
    const opened = await openGoalJournal(journal, id, ports.clock);
    if (opened.state.phase === "unknown") throw new GoalNotFoundError(id);
    return opened;
  }
}
