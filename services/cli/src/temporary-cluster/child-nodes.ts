import type { Clock } from "@troupe/actor";
import { NodeStartError } from "../errors.ts";
import { describeExit, NodeProcess } from "../up/node-process.ts";
import { within } from "../waiting.ts";

/** How long a node may take until its actors are there, and to stop, milliseconds. */
const readyLimitMs = 30_000;
const stopLimitMs = 5000;

/** One node to start. */
export interface ChildNode {
  readonly name: string;
  /** What its program reads from the environment besides. */
  readonly settings: Readonly<Record<string, string>>;
}

export interface ChildNodesOptions {
  readonly clock: Clock;
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly natsUrl: string;
  readonly prefix: string;
  /** File of the program that each of them runs. */
  readonly program: string;
  readonly nodes: readonly ChildNode[];
  /** Where they run. */
  readonly directory: string;
}

/** Nodes of one execution, each a process. One that dies stays dead. */
export class ChildNodes {
  readonly #clock: Clock;
  readonly #processes: readonly NodeProcess[];

  /** Starts them all. */
  constructor(options: ChildNodesOptions) {
    const { clock, environment, natsUrl, prefix, program, nodes, directory } = options;
    this.#clock = clock;
    this.#processes = nodes.map(
      ({ name, settings }) =>
        new NodeProcess({
          name,
          natsUrl,
          prefix,
          data: directory,
          sources: [],
          environment: { ...environment, ...settings },
          log: "stderr",
          program,
        }),
    );
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
