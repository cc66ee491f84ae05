import {
  type ActorSystem,
  type Clock,
  createActorSystem,
  type Journal,
  type Random,
  type SystemEvent,
  type Transport,
  type WorkQueue,
} from "@troupe/actor";
import {
  processClock,
  processJournal,
  processTransport,
  processWorkQueue,
} from "../faults/process-ports.ts";
import { SimulatedProcess } from "../faults/simulated-process.ts";
import { skewedClock } from "../faults/skewed-clock.ts";
import type { InMemoryNetwork } from "../in-memory-network.ts";
import type { Trace } from "./trace.ts";

/** What a node shares with the others. */
export interface Surroundings {
  readonly clock: Clock;
  readonly network: InMemoryNetwork;
  readonly trace: Trace;
  /** A fresh connection to the journal, as this node sees it. */
  journalFor(): Journal;
  /** A fresh connection to the queue. */
  queueFor(): WorkQueue & { die?(): void };
  /** Randomness of its own. */
  fork(): Random;
}

/** One start of a node: a process with an actor system in it. */
export interface Life {
  /** 1 for the first start. */
  readonly number: number;
  readonly process: SimulatedProcess;
  readonly system: ActorSystem;
  readonly clock: Clock;
  /** The process's connection to the network. */
  readonly transport: Transport;
  readonly journal: Journal;
  readonly queue: WorkQueue;
  readonly random: Random;
}

/** A machine of the simulation: its name and clock stay, its process comes and goes. */
export class SimulatedNode {
  readonly name: string;
  readonly #around: Surroundings;
  readonly #clock: Clock;
  readonly #boot: (node: SimulatedNode) => void;
  #life: Life;
  /** The life that was told to end. */
  #leaving: Life | undefined;

  constructor(
    name: string,
    around: Surroundings,
    skew: { readonly skewMs?: number; readonly drift?: number },
    boot: (node: SimulatedNode) => void,
  ) {
    this.name = name;
    this.#around = around;
    this.#clock = skewedClock(around.clock, skew);
    this.#boot = boot;
    this.#life = this.#begin(1);
  }

  /** The present process, or the last one when it is down. */
  get life(): Life {
    return this.#life;
  }

  get isUp(): boolean {
    return this.#life.process.state !== "killed";
  }

  /** Kills the process: what it held in memory is gone. */
  crash(): void {
    this.#life.process.kill();
  }

  /** Whether it is stopping in good order. */
  get isLeaving(): boolean {
    return this.isUp && this.#leaving === this.#life;
  }

  /** Stops it in good order, as a deployment does. */
  leave(): void {
    const life = this.#life;
    if (!this.isUp || this.#leaving === life) return;
    this.#leaving = life;
    life.process.run(() => {
      void life.system.stop().then(() => life.process.kill());
    });
  }

  /** Starts it again, under the same name. */
  restart(): void {
    if (this.isUp) return;
    this.#life = this.#begin(this.#life.number + 1);
    this.start();
  }

  /** Runs what the scenario runs on every node. */
  start(): void {
    this.#around.trace.add("boot", this.name, this.#life.number);
    this.#boot(this);
  }

  #begin(number: number): Life {
    const around = this.#around;
    const { trace } = around;
    const process = new SimulatedProcess(around.clock);
    const clock = processClock(this.#clock, process);
    const random = around.fork();
    const transport = processTransport(around.network.connect(this.name), process);
    const system = createActorSystem({ node: this.name, ports: { transport, clock, random } });
    system.observe((event) => trace.add("event", this.name, event.kind, detailOf(event)));
    return {
      number,
      process,
      system,
      clock,
      transport,
      journal: processJournal(around.journalFor(), process),
      queue: processWorkQueue(around.queueFor(), process),
      random,
    };
  }
}

function detailOf(event: SystemEvent): string {
  if ("actor" in event) return event.actor;
  if ("node" in event) return event.node;
  return `${event.reason} ${event.type} ${event.receiver}`;
}
