import { type Cancel, type Clock, ensureError, type Log } from "@troupe/actor";
import type { ActorStatus, NodeStatus } from "@troupe/telemetry";
import type { NodeStatuses } from "../nodes.ts";
import type { Changes } from "./changes.ts";
import { Trends } from "./trends.ts";

/** Looks that are remembered for the lines on the overview. */
const trendLooks = 150;
/** A node that is missing is forgotten after this, milliseconds. */
const forgetMs = 10 * 60_000;

export interface NodeBoardOptions {
  readonly ask: () => Promise<NodeStatuses>;
  readonly everyMs: number;
  readonly clock: Clock;
  readonly log: Log;
  readonly changes: Changes;
}

/** One moment of the cluster. */
export interface TrendPoint {
  readonly at: number;
  readonly waiting: number;
  readonly actors: number;
  readonly cpu: number;
}

/** How the nodes are, looked at again and again. */
export class NodeBoard {
  readonly #options: NodeBoardOptions;
  #nodes: readonly NodeStatus[] = [];
  /** Names of nodes that do not answer, and since when. */
  readonly #missing = new Map<string, number>();
  readonly #trend: TrendPoint[] = [];
  readonly trends = new Trends();
  #next: Cancel | undefined;
  #stopped = false;
  #loaded = false;

  constructor(options: NodeBoardOptions) {
    this.#options = options;
    void this.#look();
  }

  get loaded(): boolean {
    return this.#loaded;
  }

  get nodes(): readonly NodeStatus[] {
    return this.#nodes;
  }

  /** Nodes that were there, or that others see, and that do not answer. */
  get missing(): readonly { readonly node: string; readonly since: number }[] {
    return [...this.#missing].map(([node, since]) => ({ node, since }));
  }

  get trend(): readonly TrendPoint[] {
    return this.#trend;
  }

  /** Actors of all nodes, those with the most waiting messages first. */
  actors(text: string): readonly (ActorStatus & { readonly node: string })[] {
    return this.#nodes
      .flatMap(({ node, actors }) => actors.shown.map((actor) => ({ ...actor, node })))
      .filter(({ address, protocol }) => address.includes(text) || protocol.includes(text))
      .sort((one, other) => other.waiting - one.waiting || (one.address < other.address ? -1 : 1));
  }

  stop(): void {
    this.#stopped = true;
    this.#next?.();
  }

  async #look(): Promise<void> {
    const { ask, clock, changes, everyMs, log } = this.#options;
    try {
      const { nodes, missing } = await ask();
      this.#take(nodes, missing, clock.now());
    } catch (thrown) {
      log("warn", "nodes cannot be asked", { error: ensureError(thrown) });
      this.#take([], [], clock.now());
    }
    this.#loaded = true;
    changes.tell();
    if (!this.#stopped) this.#next = clock.schedule(everyMs, () => void this.#look());
  }

  #take(nodes: readonly NodeStatus[], missing: readonly string[], now: number): void {
    const answered = new Set(nodes.map(({ node }) => node));
    const gone = [...missing, ...this.#nodes.map(({ node }) => node)];
    for (const node of gone) {
      if (!answered.has(node) && !this.#missing.has(node)) this.#missing.set(node, now);
    }
    for (const [node, since] of this.#missing) {
      if (answered.has(node) || now - since > forgetMs) this.#missing.delete(node);
    }
    this.#nodes = nodes;
    this.trends.take(nodes, now);
    this.#trend.push({
      at: now,
      waiting: nodes.reduce((sum, { actors }) => sum + actors.waiting, 0),
      actors: nodes.reduce((sum, { actors }) => sum + actors.total, 0),
      cpu: nodes.reduce((sum, { resources }) => sum + resources.cpu, 0) / (nodes.length || 1),
    });
    if (this.#trend.length > trendLooks) this.#trend.shift();
  }
}
