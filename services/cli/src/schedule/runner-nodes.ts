import { fileURLToPath } from "node:url";
import type { Clock } from "@troupe/actor";
import { NodeStartError } from "../errors.ts";
import { describeExit, NodeProcess } from "../up/node-process.ts";
import { within } from "../waiting.ts";

/** How long a node may take until its runners are there, and to stop, milliseconds. */
const readyLimitMs = 30_000;
const stopLimitMs = 5000;
const program = fileURLToPath(new URL("./runner-node.ts", import.meta.url));

export interface RunnerNodesOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly natsUrl: string;
  readonly prefix: string;
  /** Name of the cluster that they form. */
  readonly system: string;
  readonly nodes: number;
  /** In all; at least one for each node. */
  readonly runners: number;
  /** Where their logs go. */
  readonly directory: string;
}

/** Nodes that host the runners of one execution, each a process. One that dies stays dead. */
export class RunnerNodes {
  readonly #clock: Clock;
  readonly #processes: readonly NodeProcess[];

  /** Starts them all. */
  constructor(options: RunnerNodesOptions) {
    const { clock, environment, natsUrl, prefix, system, nodes, runners, directory } = options;
    this.#clock = clock;
    this.#processes = Array.from({ length: nodes }, (_, index) => {
      const share =
        Math.floor(((index + 1) * runners) / nodes) - Math.floor((index * runners) / nodes);
      const settings = { TROUPE_SYSTEM: system, TROUPE_RUNNERS: String(share) };
      return new NodeProcess({
        name: `runners-${index + 1}`,
        natsUrl,
        prefix,
        data: directory,
        sources: [],
        environment: { ...environment, ...settings },
        log: "stderr",
        program,
      });
    });
  }

  /** Names and process ids. */
  get processes(): readonly { readonly name: string; readonly pid: number | undefined }[] {
    return this.#processes;
  }

  /**
   * Resolves when all are ready.
   *
   * @throws NodeStartError when one ends before, or takes more than 30 s
   */
  async ready(): Promise<void> {
    await Promise.all(
      this.#processes.map(({ name, ready, exited }) => {
        const ended = exited.then((exit) => {
          throw new NodeStartError(name, describeExit(exit), "above");
        });
        const late = (): Error =>
          new NodeStartError(name, `not ready after ${readyLimitMs / 1000} s`, "above");
        return within(this.#clock, readyLimitMs, Promise.race([ready, ended]), late);
      }),
    );
  }

  /** Ends them all: each is asked to leave, and killed when it takes too long. */
  async stop(): Promise<void> {
    await Promise.all(
      this.#processes.map(async (process) => {
        process.stop();
        const cancel = this.#clock.schedule(stopLimitMs, () => process.kill());
        await process.exited;
        cancel();
      }),
    );
  }

  /** Ends them all at once. */
  kill(): void {
    for (const process of this.#processes) process.kill();
  }
}
