import { type ChildProcess, fork } from "node:child_process";
import { closeSync, fstatSync, mkdirSync, openSync, readFileSync } from "node:fs";
import { delimiter, dirname } from "node:path";
import { nodeMain } from "@troupe/node-service";

export interface NodeProcessOptions {
  readonly name: string;
  readonly natsUrl: string;
  readonly prefix: string;
  /** Data folder, shared by all nodes of a deployment. */
  readonly data: string;
  /** Directories that goals may read. */
  readonly sources: readonly string[];
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Where its log goes: a file, or this process's standard error. */
  readonly log: string | "stderr";
  /** The program to run. Default: that of `@troupe/node-service`. */
  readonly program?: string;
}

/** How a node process ended. */
export interface NodeExit {
  readonly code: number | null;
  readonly signal: string | null;
  /** The last line of its log, when that is a file. */
  readonly lastWords: string;
}

/** Most of a log that is read for its last line, bytes. */
const tailBytes = 4096;

/**
 * One actor node as a process of its own, in a process group of its own: Ctrl-C in the terminal
 * reaches it only through {@link NodeProcess.stop}, in good order. When this process is gone the
 * node sees its channel close and leaves too.
 */
export class NodeProcess {
  readonly name: string;
  /** Resolves when it takes goals; never, when it ends before. */
  readonly ready: Promise<void>;
  readonly exited: Promise<NodeExit>;
  readonly #child: ChildProcess;

  constructor(options: NodeProcessOptions) {
    const { name, log, program = nodeMain } = options;
    this.name = name;
    const own = log === "stderr" ? undefined : openLog(log);
    this.#child = fork(program, [], {
      execArgv: ["--conditions=troupe:source"],
      env: nodeEnvironment(options),
      detached: true,
      stdio: ["ignore", own?.descriptor ?? 2, own?.descriptor ?? 2, "ipc"],
    });
    if (own !== undefined) closeSync(own.descriptor);
    this.ready = new Promise((resolve) => {
      this.#child.on("message", (message) => {
        if (typeof message === "object" && "ready" in message) resolve();
      });
    });
    this.exited = new Promise((resolve) => {
      const settle = (code: number | null, signal: string | null): void =>
        resolve({ code, signal, lastWords: own === undefined ? "" : lastLine(own) });
      this.#child.once("exit", settle);
      this.#child.once("error", (error) => {
        if (this.#child.pid === undefined)
          resolve({ code: 1, signal: null, lastWords: error.message });
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** Asks the node to give its work to others and leave. */
  stop(): void {
    this.#child.kill("SIGTERM");
  }

  kill(): void {
    this.#child.kill("SIGKILL");
  }
}

/** The environment that a node process reads its configuration from. */
function nodeEnvironment(options: NodeProcessOptions): NodeJS.ProcessEnv {
  const { environment, name, natsUrl, prefix, data, sources } = options;
  return {
    ...environment,
    NATS_URL: natsUrl,
    TROUPE_PREFIX: prefix,
    TROUPE_NODE: name,
    TROUPE_DATA: data,
    TROUPE_SOURCES: sources.join(delimiter),
  };
}

interface OpenLog {
  readonly file: string;
  readonly descriptor: number;
  /** Where this process's own part begins, bytes. */
  readonly begin: number;
}

function openLog(file: string): OpenLog {
  mkdirSync(dirname(file), { recursive: true });
  const descriptor = openSync(file, "a");
  return { file, descriptor, begin: fstatSync(descriptor).size };
}

function lastLine({ file, begin }: OpenLog): string {
  try {
    const own = readFileSync(file).subarray(begin).subarray(-tailBytes);
    return own.toString("utf8").trimEnd().split("\n").at(-1) ?? "";
  } catch {
    return "";
  }
}

/** How a process ended, in words. */
export function describeExit({ code, signal, lastWords }: NodeExit): string {
  const how = signal === null ? `exit code ${code}` : `signal ${signal}`;
  return lastWords === "" ? how : `${how}, last said: ${lastWords}`;
}
