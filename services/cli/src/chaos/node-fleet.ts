import { type Clock, pause } from "@troupe/actor";
import { NodeStartError } from "../errors.ts";
import { describeExit, NodeProcess, type NodeProcessOptions } from "../up/node-process.ts";
import { within } from "../waiting.ts";

/** How long a node that has ended stays away before it is started again, milliseconds. */
const restartMs = 200;
/** How long a node may take until it takes goals, milliseconds. */
const readyLimitMs = 60_000;
/** Starts in a row that may fail: the server may die while a node starts, but not this often. */
const startLimit = 20;

/** What happens to the nodes of a fleet. */
export type FleetNews =
  | { readonly node: string; readonly state: "ready"; readonly pid: number | undefined }
  | { readonly node: string; readonly state: "killed" | "paused" | "resumed" }
  /** It ended by itself, which no node should. */
  | { readonly node: string; readonly state: "crashed"; readonly why: string };

export interface NodeFleetOptions {
  readonly clock: Clock;
  readonly nodes: readonly NodeProcessOptions[];
  readonly observe: (news: FleetNews) => void;
}

/** A node of the fleet, over all its processes. */
interface Berth {
  readonly options: NodeProcessOptions;
  state: "starting" | "up" | "paused" | "killed";
  process: NodeProcess | undefined;
}

/**
 * Node processes that are killed and paused on purpose. Unlike the pool of `troupe up`, it starts a
 * node again however often it has died.
 */
export class NodeFleet {
  readonly #clock: Clock;
  readonly #observe: (news: FleetNews) => void;
  readonly #berths: ReadonlyMap<string, Berth>;
  readonly #stopping = new AbortController();
  readonly #changes = new Set<() => void>();
  #keepers: Promise<void>[] = [];
  #fail: (error: Error) => void = () => {};
  /** Rejects when a node can't be started any more. */
  readonly failed: Promise<never> = new Promise((_, reject) => {
    this.#fail = reject;
  });

  constructor({ clock, nodes, observe }: NodeFleetOptions) {
    this.#clock = clock;
    this.#observe = observe;
    this.#berths = new Map(
      nodes.map((options) => [options.name, { options, state: "starting", process: undefined }]),
    );
    this.failed.catch(() => {});
  }

  /** Starts all nodes, keeps them running from then on, and waits until they take goals. */
  start(): Promise<void> {
    this.#keepers = [...this.#berths.values()].map((berth) => this.#keep(berth));
    return this.#allUp();
  }

  /** The nodes that run and take goals. */
  get up(): readonly string[] {
    return [...this.#berths].flatMap(([name, { state }]) => (state === "up" ? [name] : []));
  }

  /** Kills a node as a power cut would. It is started again. */
  kill(name: string): void {
    const berth = this.#berth(name);
    berth.state = "killed";
    berth.process?.kill();
    this.#observe({ node: name, state: "killed" });
  }

  /** Stops a node for so many milliseconds: it loses no memory, and does not know that it slept. */
  async pause(name: string, forMs: number): Promise<void> {
    const { process: sleeper } = this.#berth(name);
    if (!this.#signal(name, sleeper, "SIGSTOP")) return;
    await pause(this.#clock, forMs, this.#stopping.signal);
    this.#signal(name, sleeper, "SIGCONT");
  }

  /** Wakes all nodes that are paused, and waits until every node takes goals. */
  heal(): Promise<void> {
    for (const [name, { process: sleeper }] of this.#berths) this.#signal(name, sleeper, "SIGCONT");
    return this.#allUp();
  }

  /** Ends all nodes at once, and waits until they are gone. */
  async stop(): Promise<void> {
    this.endNow();
    await Promise.all(this.#keepers);
  }

  /** Ends all nodes at once: a stopped process can be killed too. */
  endNow(): void {
    this.#stopping.abort();
    for (const { process: running } of this.#berths.values()) running?.kill();
  }

  #berth(name: string): Berth {
    const berth = this.#berths.get(name);
    if (berth === undefined) throw new RangeError(`there is no node '${name}'`);
    return berth;
  }

  /** Stops or wakes that very process, if it still is the node's and in the state for it. */
  #signal(name: string, sleeper: NodeProcess | undefined, signal: "SIGSTOP" | "SIGCONT"): boolean {
    const berth = this.#berth(name);
    const [from, to] =
      signal === "SIGSTOP" ? (["up", "paused"] as const) : (["paused", "up"] as const);
    if (this.#stopping.signal.aborted) return false;
    if (sleeper?.pid === undefined || berth.process !== sleeper || berth.state !== from)
      return false;
    process.kill(sleeper.pid, signal);
    berth.state = to;
    this.#observe({ node: name, state: to === "up" ? "resumed" : to });
    this.#changed();
    return true;
  }

  async #keep(berth: Berth): Promise<void> {
    const { name, log } = berth.options;
    let failedStarts = 0;
    while (!this.#stopping.signal.aborted) {
      const { wasReady, wasKilled, why } = await this.#live(berth);
      if (this.#stopping.signal.aborted) return;
      failedStarts = wasReady ? 0 : failedStarts + 1;
      if (failedStarts === startLimit) {
        const often = `${why}, ${startLimit} times in a row`;
        this.#fail(new NodeStartError(name, often, String(log)));
        return;
      }
      if (wasReady && !wasKilled) this.#observe({ node: name, state: "crashed", why });
      await pause(this.#clock, restartMs, this.#stopping.signal);
    }
  }

  /** One process of the node, from its start to its end. */
  async #live(berth: Berth) {
    const running = new NodeProcess(berth.options);
    berth.process = running;
    const cancelLimit = this.#clock.schedule(readyLimitMs, () => running.kill());
    const wasReady = await Promise.race([
      running.ready.then(() => true),
      running.exited.then(() => false),
    ]);
    cancelLimit();
    if (wasReady) this.#becameReady(berth, running);
    const why = describeExit(await running.exited);
    const wasKilled = berth.state === "killed";
    berth.state = "starting";
    return { wasReady, wasKilled, why };
  }

  #becameReady(berth: Berth, { pid }: NodeProcess): void {
    berth.state = "up";
    this.#observe({ node: berth.options.name, state: "ready", pid });
    this.#changed();
  }

  #changed(): void {
    for (const look of [...this.#changes]) look();
  }

  async #allUp(): Promise<void> {
    const { promise, resolve } = Promise.withResolvers<void>();
    const look = (): void => {
      if (this.up.length === this.#berths.size) resolve();
    };
    this.#changes.add(look);
    look();
    try {
      const late = (): Error =>
        new NodeStartError("of the fleet", `not all ready after ${readyLimitMs / 1000} s`, "gone");
      await within(this.#clock, readyLimitMs, Promise.race([promise, this.failed]), late);
    } finally {
      this.#changes.delete(look);
    }
  }
}
