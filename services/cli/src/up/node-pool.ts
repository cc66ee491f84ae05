import { type Clock, pause } from "@troupe/actor";
import { drainMs } from "@troupe/node-service";
import { NodeStartError } from "../errors.ts";
import { within } from "../waiting.ts";
import { describeExit, NodeProcess, type NodeProcessOptions } from "./node-process.ts";
import { pauseBeforeRestart } from "./restart.ts";

/** How long a node may take until it takes goals, milliseconds. */
const readyLimitMs = 60_000;
/** How much longer than its own limit a node may take to stop before it is killed. */
const drainGraceMs = 1000;

/** What happens to the nodes of a pool. */
export type NodeNews =
  | { readonly node: string; readonly state: "starting" }
  | { readonly node: string; readonly state: "ready"; readonly pid: number | undefined }
  | {
      readonly node: string;
      readonly state: "lost";
      readonly why: string;
      readonly restartInMs: number;
    }
  | { readonly node: string; readonly state: "given-up"; readonly why: string }
  | { readonly node: string; readonly state: "stopped" };

export interface NodePoolOptions {
  readonly clock: Clock;
  readonly nodes: readonly NodeProcessOptions[];
  readonly observe: (news: NodeNews) => void;
}

/** Node processes that are kept running: one that dies is started again, a bounded number of times. */
export class NodePool {
  readonly #options: NodePoolOptions;
  readonly #running = new Map<string, NodeProcess>();
  readonly #stopping = new AbortController();
  readonly #keepers: Promise<void>[] = [];
  #givenUp = 0;
  #allLost: () => void = () => {};
  /** Resolves when every node has been given up. */
  readonly allLost: Promise<void> = new Promise((resolve) => {
    this.#allLost = resolve;
  });

  constructor(options: NodePoolOptions) {
    this.#options = options;
  }

  /**
   * Starts all nodes and waits until they take goals.
   *
   * @throws NodeStartError when one does not; the others are left to {@link NodePool.stop}
   */
  async start(): Promise<void> {
    await Promise.all(
      this.#options.nodes.map(async (options) => {
        const process = await this.#launch(options);
        this.#keepers.push(this.#keep(options, process));
      }),
    );
  }

  /** Stops all nodes: each is asked to leave, and killed when it takes too long. */
  async stop(): Promise<void> {
    this.#stopping.abort();
    const { clock, observe } = this.#options;
    await Promise.all(
      [...this.#running.values()].map(async (node) => {
        node.stop();
        const cancel = clock.schedule(drainMs + drainGraceMs, () => node.kill());
        await node.exited;
        cancel();
        observe({ node: node.name, state: "stopped" });
      }),
    );
    await Promise.all(this.#keepers);
  }

  /** Ends all nodes at once. */
  kill(): void {
    this.#stopping.abort();
    for (const node of this.#running.values()) node.kill();
  }

  async #launch(options: NodeProcessOptions): Promise<NodeProcess> {
    const { clock, observe } = this.#options;
    const { name, log } = options;
    observe({ node: name, state: "starting" });
    const process = new NodeProcess(options);
    this.#running.set(name, process);
    const ended = process.exited.then((exit) => {
      if (this.#running.get(name) === process) this.#running.delete(name);
      throw new NodeStartError(name, describeExit(exit), log);
    });
    await within(
      clock,
      readyLimitMs,
      Promise.race([process.ready, ended]),
      () => new NodeStartError(name, `not ready after ${readyLimitMs / 1000} s`, log),
    );
    observe({ node: name, state: "ready", pid: process.pid });
    return process;
  }

  async #keep(options: NodeProcessOptions, first: NodeProcess): Promise<void> {
    const { clock, observe } = this.#options;
    const { name: node } = options;
    const restarts: number[] = [];
    let process: NodeProcess | undefined = first;
    for (;;) {
      const why: string =
        process === undefined ? "it did not start" : describeExit(await process.exited);
      if (this.#stopping.signal.aborted) return;
      const restartInMs = pauseBeforeRestart(restarts, clock.monotonic());
      if (restartInMs === undefined) {
        observe({ node, state: "given-up", why });
        this.#givenUp += 1;
        if (this.#givenUp === this.#options.nodes.length) this.#allLost();
        return;
      }
      observe({ node, state: "lost", why, restartInMs });
      await pause(clock, restartInMs, this.#stopping.signal);
      if (this.#stopping.signal.aborted) return;
      restarts.push(clock.monotonic());
      process = await this.#launch(options).catch(() => {
        this.#running.get(node)?.kill();
        return undefined;
      });
    }
  }
}
