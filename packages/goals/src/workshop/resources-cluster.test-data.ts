import { createActorSystem, hostEntities, type Log, type Ports } from "@troupe/actor";
import { defineTool, type Tool, worker } from "@troupe/agents";
import { ResourcePool, type Resources, TaskTypes, unitAllocator } from "@troupe/orchestration";
import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  processClock,
  processJournal,
  processTransport,
  RecordingTracer,
  SimulatedProcess,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { z } from "zod";
import { encodeJson } from "../contract/replies.ts";
import { subjectsOf } from "../contract/subjects.ts";
import { openGoalJournal } from "../goal/journal.ts";
import type { GoalState } from "../goal/state.ts";
import { Intake } from "../intake/intake.ts";
import { flowKind } from "../kinds/flow/kind.ts";
import { clusterUnits, nodeResourceDesk } from "./resource-desk.ts";
import { resourceRoster } from "./resource-roster.ts";

/** A time in which a task worked somewhere. */
export interface Stretch {
  readonly task: string;
  readonly node: string;
  readonly from: number;
  until?: number;
}

interface NodeOptions {
  /** What the node has. Default 4000 millicores. */
  readonly has?: Resources;
  /** What it was told that the cluster has. */
  readonly units?: Resources;
}

/** Nodes that take flows in, do their tasks, and have resources for them; in virtual time. */
export class ResourcesCluster {
  readonly clock = new VirtualClock();
  readonly journal = new InMemoryJournal(this.clock);
  readonly stretches: Stretch[] = [];
  readonly warnings: string[] = [];
  readonly #leaseMs: number;
  readonly #network: InMemoryNetwork;
  readonly #queue = new InMemoryWorkQueue(this.clock);
  readonly #kills = new Map<string, () => void>();
  #seed = 1;

  constructor(leaseMs = 30_000) {
    this.#leaseMs = leaseMs;
    this.#network = new InMemoryNetwork({ clock: this.clock, random: seededRandom(1), delayMs: 1 });
  }

  node(name: string, { has = { cpu: 4000 }, units = {} }: NodeOptions = {}): void {
    this.#seed += 1;
    const process = new SimulatedProcess(this.clock);
    const clock = processClock(this.clock, process);
    const random = seededRandom(this.#seed);
    const log: Log = (level, text) => {
      if (level === "warn" || level === "error") this.warnings.push(`${name}: ${text}`);
    };
    const transport = processTransport(this.#network.connect(name), process);
    const tracer = new RecordingTracer(clock, seededRandom(this.#seed + 100));
    const ports: Ports = { transport, clock, random, tracer, log };
    const journal = processJournal(this.journal, process);
    const system = createActorSystem({ node: name, ports });
    const options = { journal, minorityMs: 0 };
    const allocators = hostEntities(
      system,
      unitAllocator(clusterUnits(units, this.#leaseMs)),
      options,
    );
    const resources = nodeResourceDesk({
      pool: new ResourcePool({ capacity: has, clock }),
      units: { total: units, allocators },
      roster: resourceRoster(system, { node: has, cluster: units }),
      clock,
      random,
    });
    const tools = [this.#work(name)];
    system.spawn(worker({ tools, concurrency: 4, resources }), {
      name: "worker",
      capabilities: ["work"],
    });
    const queue = this.#queue.connect();
    const kinds = [flowKind({ types: new TaskTypes(tools) })];
    const subjects = subjectsOf("troupe");
    void new Intake({ system, ports, journal, queue, subjects, kinds }).start();
    this.#kills.set(name, () => {
      process.kill();
      queue.die();
    });
  }

  /** A tool that works for so long, or breaks. */
  #work(node: string): Tool {
    return defineTool({
      type: "work",
      purpose: "works for a while",
      input: z.object({ ms: z.number().default(1000), breaks: z.boolean().default(false) }),
      run: async ({ ms, breaks }, { task, signal }) => {
        const stretch: Stretch = { task, node, from: this.clock.now() };
        this.stretches.push(stretch);
        try {
          await new Promise<void>((resolve, reject) => {
            this.clock.schedule(ms, resolve);
            signal.addEventListener("abort", () => reject(signal.reason));
          });
        } finally {
          stretch.until = this.clock.now();
        }
        if (breaks) throw new Error(`${task} broke`);
        return {};
      },
    });
  }

  kill(name: string): void {
    this.#kills.get(name)?.();
  }

  publish(document: object): void {
    this.#queue.push(encodeJson(document), {});
  }

  async stateOf(goal: string): Promise<GoalState> {
    return (await openGoalJournal(this.journal, goal, this.clock)).state;
  }

  /** Pairs of tasks that worked at the same time. */
  overlaps(): readonly string[] {
    return this.stretches.flatMap((one, index) =>
      this.stretches
        .slice(index + 1)
        .filter(({ from }) => from < (one.until ?? Number.POSITIVE_INFINITY))
        .map((other) => `${one.task} and ${other.task}`),
    );
  }
}
