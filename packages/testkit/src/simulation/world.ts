import type { Journal, Random, WorkQueue } from "@troupe/actor";
import { FailOver } from "../faults/journal/fail-over.ts";
import { withLatency } from "../faults/journal/latency.ts";
import { LazySync } from "../faults/journal/lazy-sync.ts";
import { withLostAcks } from "../faults/journal/lost-acks.ts";
import { withStaleReads } from "../faults/journal/stale-reads.ts";
import { withTwoWinners } from "../faults/journal/two-winners.ts";
import { LinkFaults } from "../faults/link-faults.ts";
import { type WorkQueueTrouble, withWorkQueueFaults } from "../faults/work-queue-faults.ts";
import { InMemoryJournal } from "../in-memory-journal.ts";
import { InMemoryNetwork } from "../in-memory-network.ts";
import { InMemoryWorkQueue } from "../in-memory-work-queue.ts";
import { seededRandom } from "../seeded-random.ts";
import { VirtualClock } from "../virtual-clock.ts";
import type { FaultPlan } from "./fault-plan.ts";
import { SimulatedNode, type Surroundings } from "./node.ts";
import type { Violation } from "./scenario.ts";
import { Trace } from "./trace.ts";

/** Every violation beyond these says the same again. */
const violationsKept = 20;
const usualLatencyMs = 5;

type Mutable<T> = { -readonly [Key in keyof T]: T[Key] };

/** Everything one simulation consists of, with the levers of its faults. */
export class World implements Surroundings {
  readonly seed: number;
  readonly clock = new VirtualClock();
  readonly random: Random;
  readonly trace: Trace;
  readonly links: LinkFaults;
  readonly network: InMemoryNetwork;
  /** The journal itself, without faults in between: what is really stored. */
  readonly store = new InMemoryJournal(this.clock);
  readonly failOver = new FailOver(this.clock);
  readonly disk: LazySync | undefined;
  /** The queue itself, to push to. */
  readonly queue: InMemoryWorkQueue;
  readonly violations: Violation[] = [];
  readonly journalTrouble: { lost: number; stale: number; lagMs: number; accepted: number };
  queueTrouble: WorkQueueTrouble = {};
  /** Directions of links that lose messages, once for each fault under way. */
  readonly #losing = new Set<{ readonly from: string; readonly to: string }>();
  readonly #latencyMs: number;
  readonly #nodes: SimulatedNode[] = [];
  #forks = 0;

  constructor(seed: number, faults: FaultPlan, keepTrace: boolean) {
    this.seed = seed;
    this.random = seededRandom(seed);
    this.trace = new Trace(this.clock, keepTrace);
    this.links = new LinkFaults({ clock: this.clock, random: this.fork(), everywhere: usualLink });
    this.network = new InMemoryNetwork({
      clock: this.clock,
      random: this.fork(),
      links: this.links,
      observer: ({ kind, peer, subject, bytes }) => this.trace.add(kind, peer, subject, bytes),
    });
    this.queue = new InMemoryWorkQueue(this.clock);
    this.journalTrouble = { lost: 0, stale: 0, lagMs: 0, accepted: 0 };
    this.#latencyMs = faults.journalLatencyMs ?? usualLatencyMs;
    const { powerLoss } = faults;
    if (powerLoss !== undefined) {
      this.disk = new LazySync(this.store, this.clock, powerLoss.syncIntervalMs);
    }
    this.store.observe(({ subject, sequence }) => this.trace.add("stored", subject, sequence));
  }

  get nodes(): readonly SimulatedNode[] {
    return this.#nodes;
  }

  /** Nodes whose process runs or sleeps. */
  get up(): readonly SimulatedNode[] {
    return this.#nodes.filter(({ isUp }) => isUp);
  }

  addNode(
    name: string,
    skew: { readonly skewMs: number; readonly drift: number },
    boot: (node: SimulatedNode) => void,
  ): void {
    this.#nodes.push(new SimulatedNode(name, this, skew, boot));
  }

  /** Says that an invariant does not hold. */
  violate(invariant: string, detail: string): void {
    this.trace.add("VIOLATION", invariant, detail);
    if (this.violations.length >= violationsKept) return;
    this.violations.push({ invariant, detail, at: this.clock.monotonic() });
  }

  /** Says so unless it does. */
  require(holds: boolean, invariant: string, detail: () => string): void {
    if (!holds) this.violate(invariant, detail());
  }

  /** A source of randomness of its own, that draws on nobody else's. */
  fork(): Random {
    this.#forks += 1;
    return seededRandom(this.seed * forksPerSeed + this.#forks);
  }

  journalFor(): Journal {
    const { clock, failOver, journalTrouble: trouble } = this;
    const random = this.fork();
    const racing = withTwoWinners(this.store, shared(trouble, { clock, random }));
    const lagging = withStaleReads(racing, shared(trouble, { clock, random }));
    const unheard = withLostAcks(failOver.over(lagging), shared(trouble, { random }));
    return withLatency(unheard, { clock, random, mostMs: this.#latencyMs });
  }

  queueFor(): WorkQueue & { die(): void } {
    const connection = this.queue.connect();
    const options = { clock: this.clock, random: this.fork() };
    const trouble = liveView(() => this.queueTrouble);
    const queue = withWorkQueueFaults(connection, { ...options, trouble });
    return { ...queue, die: () => connection.die() };
  }

  /** Notes that a direction of a link loses messages. Returns what ends that. */
  beginLoss(from: string, to: string): () => void {
    const loss = { from, to };
    this.#losing.add(loss);
    return () => this.#losing.delete(loss);
  }

  /** Whether what one node sends to another at present may be lost. */
  loses(from: string, to: string): boolean {
    for (const loss of this.#losing) if (loss.from === from && loss.to === to) return true;
    return false;
  }

  /** Ends every fault. */
  heal(): void {
    this.links.heal();
    this.#losing.clear();
    this.failOver.end();
    Object.assign(this.journalTrouble, { lost: 0, stale: 0, accepted: 0 });
    this.queueTrouble = {};
    for (const node of this.#nodes) {
      node.life.process.resume();
      if (node.isLeaving) node.crash();
      node.restart();
    }
  }
}

/** Links are never quite without delay. */
const usualLink = { delayMs: 2 };
/** More than any world draws. */
const forksPerSeed = 4096;

/** An object whose fields are another's at each look, and some of its own. */
function shared<T extends object, U extends object>(trouble: T, own: U): T & U {
  return Object.assign(Object.create(trouble) as Mutable<T>, own);
}

function liveView(current: () => WorkQueueTrouble): WorkQueueTrouble {
  return {
    get redeliver() {
      return current().redeliver ?? 0;
    },
    get loseAck() {
      return current().loseAck ?? 0;
    },
    get lateAck() {
      return current().lateAck ?? 0;
    },
    get lateMs() {
      return current().lateMs ?? 30_000;
    },
  };
}
