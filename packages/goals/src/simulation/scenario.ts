import {
  type Journal,
  noTracer,
  type Ports,
  type Random,
  type StoredRecord,
  silentLog,
  type Transport,
  type WorkQueue,
} from "@troupe/actor";
import { analyst, defineTool, worker } from "@troupe/agents";
import type {
  SimulatedCourse,
  SimulatedNode,
  SimulatedScenario,
  SimulatedWorld,
} from "@troupe/coordination/simulation";
import { z } from "zod";
import { encodeJson } from "../contract/replies.ts";
import { subjectsOf } from "../contract/subjects.ts";
import { AnswerDesk } from "../desk/answer-desk.ts";
import { Intake } from "../intake/intake.ts";
import { ReceiptDesk } from "../intake/receipt-desk.ts";
import { judgeGoal, recordsIn } from "./judge-goal.ts";
import { lettersKind, letterTasks, sayer } from "./letters.ts";

/** What the simulator of `@troupe/testkit` has besides what votes and auctions need. */
interface GoalNode extends SimulatedNode {
  readonly life: SimulatedNode["life"] & {
    readonly queue: WorkQueue;
    readonly transport: Transport;
  };
}
interface GoalWorld extends SimulatedWorld {
  readonly nodes: readonly GoalNode[];
  /** What is really stored. */
  readonly store: Journal & { observe(observer: (record: StoredRecord) => void): () => void };
  readonly queue: { push(payload: Uint8Array): number };
}

const nodes = ["a", "b", "c"];
const subjects = subjectsOf("troupe");
const keepAliveMs = 2000;
/** How long a task takes, milliseconds, from least to most. */
const workMs = [200, 3000] as const;
/** How many of the tasks fail. */
const failing = 0.05;
/** When, after the faults, the last goal is published; and how long all is watched when all have ended. */
const lastFromMs = 3000;
const watchedMs = 2000;

/** Goals that are taken in, coordinated, voted on, auctioned and worked for while nodes die and are cut off. */
export const goalScenario: SimulatedScenario = {
  name: "goals",
  description: "each goal ends once with one result, and nothing is decided or done twice",
  protocol: "goal",
  nodes,
  faults: {
    partition: { times: 1, forMs: [500, 8000] },
    oneWay: { times: 1, forMs: [500, 8000] },
    links: { times: 4, forMs: [1000, 8000], drop: 0.15, delayMs: 40 },
    pause: { times: 2, forMs: [500, 8000] },
    crash: { times: 3, forMs: [500, 8000] },
    leave: { times: 1, forMs: [500, 5000] },
    lostAcks: { times: 2, forMs: [500, 4000], lost: 0.3 },
    failOver: { times: 1, forMs: [500, 4000] },
    // Agents tell by the clock whether an award has come in time.
    clocks: { skewMs: 200, drift: 0.001 },
    journalLatencyMs: 10,
  },
  faultyMs: 25_000,
  calmMs: 400_000,
  actions: 3,
  begin: (world) => new GoalCourse(world as GoalWorld),
};

class GoalCourse implements SimulatedCourse {
  readonly #world: GoalWorld;
  readonly #published: string[] = [];
  /** By goal: how often a result was stored. */
  readonly #results = new Map<string, number>();
  #isLastLeft = true;
  #endedAt = 0;

  constructor(world: GoalWorld) {
    this.#world = world;
    world.store.observe(({ subject }) => {
      const goal = /^results\.(.+)$/.exec(subject)?.[1];
      if (goal === undefined) return;
      this.#results.set(goal, (this.#results.get(goal) ?? 0) + 1);
      this.#endedAt = world.clock.monotonic();
    });
  }

  boot(node: SimulatedNode): void {
    const { name, life } = node as GoalNode;
    const { system, clock, random, transport, journal, queue } = life;
    const ports: Ports = { transport, clock, random, tracer: noTracer, log: silentLog };
    const tools = letterTasks.map((type) =>
      defineTool({
        type,
        purpose: "part of the simulation",
        input: z.object({ type: z.string() }),
        run: async (_input, { signal }) => {
          const forMs = workMs[0] + random.next() * (workMs[1] - workMs[0]);
          await new Promise<void>((resolve, reject) => {
            clock.schedule(forMs, resolve);
            signal.addEventListener("abort", () => reject(signal.reason));
          });
          if (random.next() < failing) throw new Error("it broke");
          return {};
        },
      }),
    );
    system.spawn(worker({ tools, concurrency: 2 }), { name: "worker", capabilities: letterTasks });
    system.spawn(analyst(sayer(["big", "small"][name === "a" ? 0 : 1] ?? "big")), {
      name: "analyst",
      capabilities: [`analyse-${lettersKind.name}`],
    });
    const kinds = [lettersKind];
    new ReceiptDesk({ ports, journal, subjects, kinds, stream: "TROUPE_GOALS" });
    new AnswerDesk({ ports, system, journal, subjects });
    void new Intake({ system, ports, journal, queue, subjects, kinds, keepAliveMs }).start();
  }

  act(): void {
    this.#publish();
  }

  calm(): void {
    this.#world.clock.schedule(lastFromMs, () => {
      this.#isLastLeft = false;
      this.#publish();
    });
  }

  isOver(): boolean {
    if (this.#isLastLeft || this.#results.size < this.#published.length) return false;
    return this.#world.clock.monotonic() >= this.#endedAt + watchedMs;
  }

  async end(): Promise<void> {
    for (const goal of this.#published) {
      const records = recordsIn(await this.#world.store.read(`journal.goal.${goal}`));
      judgeGoal(this.#world, goal, records, this.#results.get(goal) ?? 0);
    }
  }

  #publish(): void {
    const id = `g${this.#published.length + 1}`;
    this.#published.push(id);
    this.#world.trace.add("publish", id);
    const times = drawTimes(this.#world.random);
    // Published twice now and then, as those do whose receipt was lost.
    for (let time = 0; time < times; time += 1) {
      this.#world.queue.push(encodeJson({ id, kind: lettersKind.name }));
    }
  }
}

function drawTimes({ next }: Random): number {
  return next() < 0.2 ? 2 : 1;
}
