import { createActorSystem, type Journal, type Ports, silentLog } from "@troupe/actor";
import { type Tool, worker } from "@troupe/agents";
import { TaskTypes } from "@troupe/orchestration";
import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { encodeJson } from "../contract/replies.ts";
import { subjectsOf } from "../contract/subjects.ts";
import { AnswerDesk } from "../desk/answer-desk.ts";
import { type GoalJournal, openGoalJournal } from "../goal/journal.ts";
import { Intake } from "../intake/intake.ts";
import { ReceiptDesk } from "../intake/receipt-desk.ts";
import { approvalTaskType } from "../kinds/flow/basic-tools.ts";
import { flowKind } from "../kinds/flow/kind.ts";

const subjects = subjectsOf("troupe");

interface FlowNodeOptions {
  /** Tasks done at the same time. Default 4. */
  readonly concurrency?: number;
  /** Takes goals in and coordinates them. Default true. */
  readonly coordinates?: boolean;
}

/** Nodes that take flows in and do their tasks, in virtual time. */
export class FlowWorld {
  readonly clock = new VirtualClock();
  readonly network: InMemoryNetwork;
  readonly journal = new InMemoryJournal(this.clock);
  readonly queue = new InMemoryWorkQueue(this.clock);
  readonly #seed: number;
  readonly #journalMs: number;
  readonly #archiveEvery: number;

  /**
   * @param options.journalMs how long an append takes; default 0: it is there at once
   * @param options.archiveEvery appends that are archived together; default 4, so that it happens all the time
   */
  constructor({
    seed = 1,
    journalMs = 0,
    archiveEvery = 4,
  }: { seed?: number; journalMs?: number; archiveEvery?: number } = {}) {
    this.#archiveEvery = archiveEvery;
    this.#seed = seed;
    this.#journalMs = journalMs;
    this.network = new InMemoryNetwork({ clock: this.clock, random: seededRandom(seed) });
    this.network.connect("stream").subscribe(subjects.goals, ({ payload, headers = {} }) => {
      this.queue.push(payload, headers);
    });
  }

  /** Starts a node. */
  node(name: string, tools: readonly Tool[], options: FlowNodeOptions = {}): { kill(): void } {
    const { concurrency = 4, coordinates = true } = options;
    const ports: Ports = {
      transport: this.network.connect(name),
      clock: this.clock,
      random: seededRandom(this.#seed + name.length),
      tracer: new RecordingTracer(this.clock, seededRandom(2)),
      log: silentLog,
    };
    const system = createActorSystem({ node: name, ports });
    const capabilities = tools.map(({ type }) => type);
    system.spawn(worker({ tools, concurrency }), { name: "worker", capabilities });
    const queue = this.queue.connect();
    if (coordinates) {
      const kinds = [flowKind({ types: new TaskTypes([...tools, approvalTaskType]) })];
      const journal = this.#slowly();
      new ReceiptDesk({ ports, journal, subjects, kinds, stream: "TROUPE_GOALS" });
      new AnswerDesk({ ports, system, journal, subjects });
      void new Intake({
        system,
        ports,
        journal,
        queue,
        subjects,
        kinds,
        archive: { archiveEvery: this.#archiveEvery },
      }).start();
    }
    return {
      kill: () => {
        queue.die();
        this.network.isolate(name);
      },
    };
  }

  publish(document: object): void {
    this.queue.push(encodeJson(document), {});
  }

  goal(id: string): Promise<GoalJournal> {
    return openGoalJournal(this.journal, id, this.clock);
  }

  pause(ms: number): Promise<void> {
    return new Promise((resolve) => this.clock.schedule(ms, resolve));
  }

  #slowly(): Journal {
    const { journal } = this;
    return {
      append: async (...request) => {
        if (this.#journalMs > 0) await this.pause(this.#journalMs);
        return journal.append(...request);
      },
      read: (...request) => journal.read(...request),
      last: (...request) => journal.last(...request),
      purge: (...request) => journal.purge(...request),
    };
  }
}
