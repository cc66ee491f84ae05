import {
  type ActorSystem,
  type Clock,
  createActorSystem,
  type Journal,
  type Log,
  type Meter,
  type Ports,
  type Random,
  type StoredRecord,
  type Tracer,
  type Transport,
  type WorkQueue,
} from "@troupe/actor";
import {
  analyst,
  defineTool,
  type Job,
  type Perspective,
  worker,
  workerProtocol,
} from "@troupe/agents";
import { z } from "zod";
import { decodeJson, encodeJson } from "../contract/replies.ts";
import { subjectsOf } from "../contract/subjects.ts";
import { AnswerDesk } from "../desk/answer-desk.ts";
import { sharedExperience } from "../experience/shared-experience.ts";
import { readGoalRecords } from "../goal/journal.ts";
import { type GoalRecord, recordsIn, storedRecordsSchema } from "../goal/records.ts";
import { Intake } from "../intake/intake.ts";
import { ReceiptDesk } from "../intake/receipt-desk.ts";
import { errandsKind } from "./errands.test-data.ts";
import { lettersKind, letterTasks, sayer } from "./letters.ts";

/** The simulated outside, made by each test so that it decides about time, delays and seeds. */
export interface World {
  readonly clock: Clock & { advance(ms: number): Promise<void> };
  readonly network: {
    connect(peer: string): Transport;
    isolate(peer: string): void;
    heal(): void;
  };
  readonly journal: Journal & { observe(observer: (record: StoredRecord) => void): () => void };
  readonly queue: {
    push(payload: Uint8Array, headers?: Readonly<Record<string, string>>): number;
    connect(): WorkQueue & { die(): void };
  };
  readonly random: (seed: number) => Random;
  readonly tracer: Tracer;
}

/** What a tool of the simulation does; the default works for `workMs` and finds nothing out. */
export type Work = (job: Job & { readonly node: string }) => Promise<unknown>;

export interface NodeOptions {
  /** Takes goals in and coordinates them. Default false. */
  readonly coordinates?: boolean;
  /** Task types that this node's worker does. Default none, and then there is no worker. */
  readonly does?: readonly string[];
  readonly concurrency?: number;
  /** What this node's analyst says the size is, or an analyst of the test's own. Default no analyst. */
  readonly says?: string | Perspective;
  /** How long this node's journal takes to answer, milliseconds. Default 0: at once. */
  readonly journalMs?: number;
  readonly keepAliveMs?: number;
  /** Appends of a goal that are archived together. Default 4, so that it happens all the time. */
  readonly archiveEvery?: number;
  /** Where this node measures. Default nowhere. */
  readonly meter?: Meter;
  /** What this node does when a goal has ended. Default nothing. */
  readonly goalEnded?: (goal: string) => Promise<void>;
}

export const subjects = subjectsOf("troupe");
const never = (): Promise<never> => new Promise(() => {});

/** One simulated process. */
export interface SimulatedNode {
  readonly name: string;
  readonly system: ActorSystem;
  /** Loses the process without a word. */
  kill(): void;
  /** Neither other nodes nor the journal are reached until it rejoins. */
  cutOff(): void;
  rejoin(): void;
  /** The journal does not answer this node any more. */
  holdJournal(): void;
  /** Makes the next appends to a subject fail before they are stored. */
  failAppends(subject: string, errors: readonly Error[]): void;
}

/** Several nodes that pursue goals of the `letters` kind on one network and one journal. */
export class Simulation {
  readonly world: World;
  /** What happened, in order: `run fetch/1 on w1`, `ended fetch/1`, `aborted fetch/1`, records by type. */
  readonly timeline: string[] = [];
  /** When it happened, entry by entry. */
  readonly times: number[] = [];
  /** Whether the stream keeps what is published; false is what it does with repeats that it recognises. */
  storing = true;
  /** How long every task takes, milliseconds. */
  workMs = 300;
  /** Replaces the work of a task type. */
  readonly scripts = new Map<string, Work>();
  readonly warnings: string[] = [];
  readonly #systems = new Map<string, ActorSystem>();
  #seed = 0;

  constructor(world: World) {
    this.world = world;
    world.network.connect("stream").subscribe(subjects.goals, (message) => {
      if (this.storing) world.queue.push(message.payload, message.headers ?? {});
    });
    world.journal.observe(({ subject, payload }) => {
      for (const record of recordsOf(subject, payload)) this.#note(titleOf(record));
    });
  }

  #note(entry: string): void {
    this.timeline.push(entry);
    this.times.push(this.world.clock.now());
  }

  node(name: string, options: NodeOptions = {}): SimulatedNode {
    const { clock, network, queue, tracer } = this.world;
    this.#seed += 1;
    const log: Log = (level, text) => {
      if (level === "error" || level === "warn") this.warnings.push(`${name}: ${text}`);
    };
    const random = this.world.random(this.#seed);
    const { meter } = options;
    const ports: Ports = {
      transport: network.connect(name),
      clock,
      random,
      tracer,
      log,
      ...(meter === undefined ? {} : { meter }),
    };
    const system = createActorSystem({ node: name, ports });
    this.#systems.set(name, system);
    const mine = queue.connect();
    const failing = new Map<string, Error[]>();
    let dead = false;
    let reachable = Promise.withResolvers<void>();
    reachable.resolve();
    const wire = () => (dead ? never() : reachable.promise);
    const journal = this.#journalOf(options.journalMs ?? 0, failing, wire);
    this.#populate(system, options);
    if (options.coordinates === true) {
      const kinds = [lettersKind, errandsKind];
      const experience = sharedExperience({ journal, clock, random, log });
      const { keepAliveMs, goalEnded, archiveEvery = 4 } = options;
      const keepAlive = keepAliveMs === undefined ? {} : { keepAliveMs };
      const cleanUp = goalEnded === undefined ? {} : { goalEnded };
      new ReceiptDesk({ ports, journal, subjects, kinds, stream: "TROUPE_GOALS" });
      new AnswerDesk({ ports, system, journal, subjects });
      void new Intake({
        system,
        ports,
        journal,
        queue: mine,
        subjects,
        kinds,
        archive: { archiveEvery },
        ...keepAlive,
        ...cleanUp,
        experience,
      }).start();
    }
    return {
      name,
      system,
      kill: () => {
        dead = true;
        mine.die();
        network.isolate(name);
      },
      cutOff: () => {
        reachable = Promise.withResolvers();
        network.isolate(name);
      },
      holdJournal: () => {
        reachable = Promise.withResolvers();
      },
      rejoin: () => {
        network.heal();
        reachable.resolve();
      },
      failAppends: (subject, errors) => failing.set(subject, [...errors]),
    };
  }

  #populate(system: ActorSystem, { does = [], concurrency = 2, says }: NodeOptions): void {
    if (does.length > 0) {
      const tools = does.map((type) => this.#tool(type, system.node));
      const actor = worker({ tools, concurrency });
      const mortal: typeof actor = {
        ...actor,
        setup: async (context) => {
          const handlers = await actor.setup(context);
          const abandon: typeof handlers.abandon = (attempt) => {
            if (attempt.lot === "crash") throw new Error("this agent was made to crash");
            return handlers.abandon(attempt);
          };
          return { ...handlers, abandon };
        },
      };
      system.spawn(mortal, { name: "worker", capabilities: does });
    }
    if (says !== undefined) {
      const perspective = typeof says === "string" ? sayer(says) : says;
      system.spawn(analyst(perspective), {
        name: "analyst",
        capabilities: [`analyse-${lettersKind.name}`],
      });
    }
  }

  #tool(type: string, node: string) {
    return defineTool({
      type,
      purpose: "part of the simulation",
      input: z.object({ type: z.string() }),
      run: async (_input, job) => {
        const name = `${job.task}/${job.attempt}`;
        this.#note(`run ${name} on ${node}`);
        job.signal.addEventListener("abort", () => this.#note(`aborted ${name}`));
        const script = this.scripts.get(type) ?? (() => this.pause(this.workMs, job.signal));
        const facts = await script({ ...job, node });
        this.#note(`ended ${name}`);
        return facts ?? {};
      },
    });
  }

  /** Virtual time; ends early when aborted. */
  pause(ms: number, signal: AbortSignal): Promise<void> {
    return new Promise((resolve, reject) => {
      const cancel = this.world.clock.schedule(ms, resolve);
      signal.addEventListener("abort", () => {
        cancel();
        reject(signal.reason);
      });
    });
  }

  #journalOf(latencyMs: number, failing: Map<string, Error[]>, wire: () => Promise<void>): Journal {
    const { journal, clock } = this.world;
    const slowly = async <R>(act: () => Promise<R>): Promise<R> => {
      const half = () => new Promise<void>((resolve) => clock.schedule(latencyMs / 2, resolve));
      if (latencyMs > 0) await half();
      await wire();
      const value = await act();
      if (latencyMs > 0) await half();
      await wire();
      return value;
    };
    return {
      append: (subject, payload, options) =>
        slowly(() => {
          const error = failing.get(subject)?.shift();
          if (error !== undefined) throw error;
          return journal.append(subject, payload, options);
        }),
      read: (filter, options) => slowly(() => journal.read(filter, options)),
      last: (subject) => slowly(() => journal.last(subject)),
      purge: (...request) => slowly(() => journal.purge(...request)),
    };
  }

  /** Publishes bytes as `nats pub` does. */
  publish(goal: unknown): void {
    const payload = typeof goal === "string" ? new TextEncoder().encode(goal) : encodeJson(goal);
    this.world.network.connect("publisher").publish(subjects.goals, payload);
  }

  /** What is answered to a request, at some time. */
  answerTo(subject: string, body: unknown): Promise<unknown> {
    this.#seed += 1;
    const inbox = `inbox.${this.world.random(this.#seed).hex(8)}`;
    const transport = this.world.network.connect("publisher");
    return new Promise((resolve) => {
      transport.subscribe(inbox, ({ payload }) => resolve(decodeJson(payload)));
      const text = typeof body === "string" ? body : JSON.stringify(body);
      transport.publish(subject, new TextEncoder().encode(text), { reply: inbox });
    });
  }

  /** What is answered to a request; time goes on until then. */
  async request(subject: string, body: unknown, waitMs = 6000): Promise<unknown> {
    let answer: unknown;
    void this.answerTo(subject, body).then((given) => {
      answer = given;
    });
    for (let waited = 0; waited < waitMs && answer === undefined; waited += 100) {
      await this.world.clock.advance(100);
    }
    return answer;
  }

  /** Makes an agent fail, as a bug of its own would. */
  crash(agent: string): void {
    const node = this.#systems.get(agent.split("/")[0] ?? "");
    node?.ref(workerProtocol, agent).tell("abandon", { goal: "", lot: "crash" });
  }

  stopAgent(agent: string): void {
    void this.#systems.get(agent.split("/")[0] ?? "")?.stopActor({ address: agent });
  }

  async records(goal: string): Promise<readonly GoalRecord[]> {
    const stored = await readGoalRecords(this.world.journal, goal);
    return stored.map(({ record }) => record);
  }

  async result(goal: string): Promise<unknown> {
    const stored = await this.world.journal.read(`results.${goal}`);
    if (stored.length > 1) throw new Error(`${stored.length} results of '${goal}'`);
    return stored[0] === undefined ? undefined : decodeJson(stored[0].payload);
  }
}

/** Three nodes that do everything and have an analyst each; they do not coordinate. */
export function crew(simulation: Simulation, says = ["big", "big", "big"]): SimulatedNode[] {
  return says.map((word, index) =>
    simulation.node(`w${index + 1}`, { does: letterTasks, says: word }),
  );
}

const envelopeSchema = z.object({ record: storedRecordsSchema });

/** The records of goals in what was stored. */
export function recordsOf(subject: string, payload: Uint8Array): readonly GoalRecord[] {
  if (!subject.startsWith("journal.goal.")) return [];
  return recordsIn(envelopeSchema.parse(decodeJson(payload)).record);
}

/** A record in a few words: its type, and for tasks which. */
export function titleOf(record: GoalRecord): string {
  if (record.type === "awarded") {
    return `awarded ${record.tasks.map((task) => `${task}/${record.attempt}`).join(" ")}`;
  }
  if (!("task" in record)) return record.type;
  return `${record.type} ${record.task}${"attempt" in record ? `/${record.attempt}` : ""}`;
}
