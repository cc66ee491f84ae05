import { type Actor, type ActorContext, defineActor, ensureError } from "@troupe/actor";
import { auctioneerProtocol } from "@troupe/coordination";
import { z } from "zod";
import type { AgentProfile } from "../agent/define-agent.ts";
import type { Tool } from "../tool.ts";
import type { HeldResources, ResourceDesk, ResultDesk } from "./desks.ts";
import { execute, failedOutcome } from "./execute.ts";
import { FairQueue } from "./fair-queue.ts";
import { endedOf, type Lot, Lots } from "./lots.ts";
import {
  busy,
  customerProtocol,
  type EndedTasks,
  type LotName,
  type TaskOutcome,
  type WorkerMessages,
  type WorkOrder,
  workerProtocol,
  workOrderSchema,
} from "./protocol.ts";
import { type SkillStore, Skills } from "./skills.ts";

/** Most bytes of findings in one message to a customer; a single larger finding goes alone. */
const reportBytes = 256 * 1024;
/** How long the ends of some tasks of a lot wait for others, to be told together, milliseconds. */
const reportAfterMs = 25;

/** What a worker can do, how much at a time, and what it works with. */
export interface WorkerOptions {
  readonly tools: readonly Tool[];
  /** Tasks done at the same time. Default 2. */
  readonly concurrency?: number;
  /** Orders held at the same time, waiting ones included; further awards are declined. Default 4 per task at a time. */
  readonly orderLimit?: number;
  /** Where what a task holds while it runs is taken from. Default: tasks hold nothing. */
  readonly resources?: ResourceDesk;
  /** What it asks for its time and how well it works before anything is known. Default 1 and 0.5. */
  readonly profile?: AgentProfile;
  /** Where what it learns of itself is kept. Default: it begins anew at each start. */
  readonly skills?: SkillStore;
  /** Where results of tools that allow it are kept. Default: everything is done anew. */
  readonly results?: ResultDesk;
}

const noTool = "no tool for this task";

const announcedWorkSchema = z.object({
  type: z.string(),
  bytes: z.number(),
  tasks: z.number().int().min(1).default(1),
  resources: z.record(z.string(), z.number()).default({}),
});

/**
 * An agent that earns work: it bids for announced work it has a tool for, from what it has learned
 * about its own speed and what it is busy with, does what it wins, fairly between goals, and tells
 * the customer how it ended. Spawn it with its tools' types as capabilities.
 *
 * Work does not hold the mailbox: while it runs the agent goes on bidding and answering. When the
 * agent stops or restarts, its work is aborted and forgotten, which it says when asked.
 */
export function worker(options: WorkerOptions): Actor<WorkerMessages> {
  return defineActor(workerProtocol, (context) => {
    const bench = new Bench(context, options);
    return {
      announce: ({ auction, auctioneer, task }) => {
        const reply = context.ref(auctioneerProtocol, auctioneer);
        const bidder = context.self.address;
        const bid = bench.bid(task);
        if (bid.reason !== undefined) reply.tell("refuse", { auction, bidder, reason: bid.reason });
        else reply.tell("bid", { auction, bidder, ...bid });
      },
      award: ({ auction, order: ordered }) => {
        const order = workOrderSchema.safeParse(ordered);
        if (!order.success) return { accepted: false, reason: "the order is malformed" };
        return bench.take(auction, order.data);
      },
      // A winner whose acceptance was lost is passed over: it must let go of the work.
      reject: ({ auction }) => bench.withdraw(auction),
      progress: (asked) => bench.progress(asked),
      abandon: ({ tasks, ...name }) => bench.abandon(name, tasks),
      report: (name) => bench.report(name),
    };
  });
}

/** The work of one agent in one life of it. */
class Bench {
  readonly #context: ActorContext<WorkerMessages>;
  readonly #tools: ReadonlyMap<string, Tool>;
  readonly #concurrency: number;
  readonly #orderLimit: number;
  readonly #resources: ResourceDesk | undefined;
  readonly #results: ResultDesk | undefined;
  readonly #profile: AgentProfile;
  readonly #skills: Skills;
  readonly #lots = new Lots();
  readonly #queue = new FairQueue<{ readonly lot: Lot; readonly task: string }>();
  #running = 0;

  constructor(context: ActorContext<WorkerMessages>, options: WorkerOptions) {
    const { tools, concurrency = 2, orderLimit = 4 * concurrency, resources, results } = options;
    this.#context = context;
    this.#tools = new Map(tools.map((tool) => [tool.type, tool]));
    this.#concurrency = concurrency;
    this.#orderLimit = orderLimit;
    this.#resources = resources;
    this.#results = results;
    this.#profile = options.profile ?? {};
    this.#skills = new Skills(context.clock, context.signal, options.skills);
    context.pipe(this.#skills.recall(new Set(this.#tools.keys())), () => {});
  }

  /** What the agent would take for announced work, or the reason why it does not want it. */
  bid(announced: unknown) {
    const read = announcedWorkSchema.safeParse(announced);
    if (!read.success || !this.#tools.has(read.data.type)) return { reason: noTool };
    const { type, bytes, tasks, resources } = read.data;
    const reason = this.#resources?.leaveToOthers?.(resources);
    if (reason !== undefined) return { reason };
    const { durationMs, quality, confidence } = this.#expect(type, bytes / tasks);
    const ahead = this.#lots.backlogMs(this.#context.clock.now()) / this.#concurrency;
    const rounds = Math.ceil(tasks / this.#concurrency);
    return {
      cost: durationMs * tasks * (this.#profile.cost ?? 1),
      durationMs: Math.ceil(durationMs * rounds + ahead),
      quality,
      confidence,
    };
  }

  take(auction: string, order: WorkOrder): { accepted: boolean; reason?: string } {
    const known = this.#lots.find(order);
    if (known !== undefined) return known.withdrawn ? declined(busy) : { accepted: true };
    if (!this.#tools.has(order.type)) return declined(noTool);
    const lack = this.#resources?.leaveToOthers?.(order.resources ?? {});
    if (lack !== undefined) return declined(lack);
    if (this.#lots.openCount >= this.#orderLimit) return declined(busy);
    const lot: Lot = {
      order,
      auction,
      trace: this.#context.trace,
      customer: order.customer,
      expectedMs: this.#expect(order.type, order.bytes / order.tasks.length).durationMs,
      open: new Map(order.tasks.map(({ task }) => [task, { abort: new AbortController() }])),
      ended: new Map(),
      untold: [],
      withdrawn: false,
    };
    this.#lots.begin(lot);
    const { goal, rank } = order;
    for (const { task } of order.tasks) {
      this.#queue.add(goal, { lot, task }, { rank, cost: lot.expectedMs });
    }
    this.#fill();
    return { accepted: true };
  }

  withdraw(auction: string): void {
    const lot = this.#lots.wonIn(auction);
    if (lot === undefined) return;
    lot.withdrawn = true;
    this.#letGo(lot, [...lot.open.keys()], "the work went to another agent");
  }

  abandon(name: LotName, tasks?: readonly string[]): void {
    const lot = this.#lots.find(name);
    if (lot === undefined) return;
    if (tasks === undefined) lot.withdrawn = true;
    this.#letGo(lot, tasks ?? [...lot.open.keys()], "the task was abandoned");
  }

  progress({ customer, tasks, ...name }: LotName & { customer: string; tasks: readonly string[] }) {
    const lot = this.#lots.find(name);
    if (lot === undefined || lot.withdrawn) return { state: "unknown" as const };
    lot.customer = customer;
    lot.untold = [...new Set([...lot.untold, ...tasks.filter((task) => lot.ended.has(task))])];
    this.report(name);
    const missing = tasks.filter((task) => !lot.ended.has(task) && !lot.open.has(task));
    return { state: "known" as const, missing };
  }

  report(name: LotName): void {
    const lot = this.#lots.find(name);
    if (lot === undefined || lot.untold.length === 0) return;
    const ended = endedOf(lot, lot.untold);
    lot.untold = [];
    const customer = this.#context.ref(customerProtocol, lot.customer);
    const { goal, lot: id } = lot.order;
    for (const part of bySize(ended)) {
      customer.tell("tasksEnded", { goal, lot: id, by: this.#context.self.address, ended: part });
    }
  }

  #expect(type: string, bytes: number) {
    return this.#skills.expect(type, bytes, this.#profile.quality);
  }

  /** Begins what waits, as far as there is room. */
  #fill(): void {
    while (this.#running < this.#concurrency) {
      const next = this.#queue.take();
      if (next === undefined) return;
      const { lot, task } = next;
      const work = lot.order.tasks.find((one) => one.task === task);
      const tool = this.#tools.get(lot.order.type);
      const open = lot.open.get(task);
      if (work === undefined || tool === undefined || open === undefined) continue;
      const { abort } = open;
      open.startedAt = this.#context.clock.now();
      this.#running += 1;
      const signal = AbortSignal.any([abort.signal, this.#context.signal]);
      this.#context.pipe(this.#run(tool, lot, work, signal), (settled) => {
        this.#running -= 1;
        // Nobody waits for what the agent let go of, and it may yet be given the work again.
        if (abort.signal.aborted) lot.open.delete(task);
        else if (settled.ok) this.#finish(lot, task, settled.value);
        this.#endIfDone(lot);
        this.#fill();
      });
    }
  }

  async #run(
    tool: Tool,
    { order, trace }: Lot,
    work: WorkOrder["tasks"][number],
    signal: AbortSignal,
  ): Promise<TaskOutcome> {
    const { goal, rank, resources } = order;
    const { task } = work;
    const run = (lost?: AbortSignal) =>
      execute(this.#context, tool, order, work, {
        trace,
        unwanted: signal,
        lost,
        results: this.#results,
      });
    if (resources === undefined || this.#resources === undefined) return run();
    let held: HeldResources;
    try {
      const demand = { goal, task, resources, priority: rank };
      held = await this.#resources.acquire(demand, { signal });
    } catch (thrown) {
      return failedOutcome(ensureError(thrown), 0);
    }
    try {
      return await run(held.lost);
    } finally {
      held.release();
    }
  }

  #finish(lot: Lot, task: string, outcome: TaskOutcome): void {
    const { type, bytes, tasks, goal, lot: id } = lot.order;
    lot.open.delete(task);
    lot.ended.set(task, outcome);
    lot.untold.push(task);
    const { ok: succeeded, durationMs } = outcome;
    this.#skills.learn(type, { succeeded, durationMs, bytes: bytes / tasks.length });
    if (lot.open.size > 0) {
      this.#context.timers.once(`report ${goal}/${id}`, reportAfterMs, "report", { goal, lot: id });
    }
  }

  #endIfDone(lot: Lot): void {
    if (lot.open.size > 0) return;
    const { goal, lot: id } = lot.order;
    this.#context.timers.cancel(`report ${goal}/${id}`);
    this.#lots.end(lot);
    this.report(lot.order);
  }

  #letGo(lot: Lot, tasks: readonly string[], why: string): void {
    const waiting = new Set<string>();
    this.#queue.remove((item) => {
      const isUnwanted = item.lot === lot && tasks.includes(item.task);
      if (isUnwanted) waiting.add(item.task);
      return isUnwanted;
    });
    for (const task of tasks) {
      if (waiting.has(task)) lot.open.delete(task);
      else lot.open.get(task)?.abort.abort(new Error(why));
    }
    this.#endIfDone(lot);
  }
}

function declined(reason: string): { accepted: false; reason: string } {
  return { accepted: false, reason };
}

/** Splits ends so that no message is too large to be sent. */
function bySize(ended: EndedTasks): readonly EndedTasks[] {
  const parts: EndedTasks[] = [];
  let bytes = Number.POSITIVE_INFINITY;
  for (const one of ended) {
    const size = JSON.stringify(one.outcome).length;
    if (bytes + size > reportBytes) {
      parts.push([]);
      bytes = 0;
    }
    parts.at(-1)?.push(one);
    bytes += size;
  }
  return parts;
}
