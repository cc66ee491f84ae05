import { hostname } from "node:os";
import { resolve } from "node:path";
import { hidePassword } from "@troupe/nats";
import {
  dataFolder,
  openDeployment,
  type Target,
  type TargetOptions,
  targetOf,
} from "../connection.ts";
import { exitCodes, InterruptedError, NodeStartError } from "../errors.ts";
import type { Io } from "../io.ts";
import { writeJson, writeLines } from "../output/write.ts";
import { describeExit, NodeProcess } from "../up/node-process.ts";
import { unlessInterrupted } from "../waiting.ts";

export interface NodeOptions extends TargetOptions {
  readonly name?: string;
  readonly data?: string;
  readonly sources?: readonly string[];
  readonly json: boolean;
}

/** `troupe node`: one actor node, until it is interrupted. Its log goes to standard error. */
export async function node(io: Io, options: NodeOptions): Promise<number> {
  const { url, prefix } = await reachable(io, targetOf(options, io));
  const name = options.name ?? `${hostname().replaceAll(/[^A-Za-z0-9_-]/g, "-")}-${process.pid}`;
  const data = dataFolder(io, options.data);
  const sources = (options.sources ?? ["."]).map((path) => resolve(io.directory, path));
  const { environment } = io;
  const log = "stderr";
  const running = new NodeProcess({ name, natsUrl: url, prefix, data, sources, environment, log });
  const shown = hidePassword(url);
  const forget = io.onSecondInterrupt(() => running.kill());
  const tell = (state: "ready" | "stopped", line: string): void => {
    if (options.json) writeJson(io.out, { type: "node", node: name, state, url: shown, prefix });
    else writeLines(io.out, [line]);
  };
  try {
    const ended = running.exited.then((exit) => {
      throw new NodeStartError(name, describeExit(exit), "above");
    });
    await unlessInterrupted(io, Promise.race([running.ready, ended]));
    tell("ready", `node ${name} takes goals from ${shown}; Ctrl-C stops it`);
    await unlessInterrupted(io, ended);
    return exitCodes.failed;
  } catch (error) {
    if (!(error instanceof InterruptedError)) throw error;
    running.stop();
    await running.exited;
    tell("stopped", `node ${name} stopped`);
    return exitCodes.interrupted;
  } finally {
    forget();
  }
}

/** @throws NatsUnreachableError before a process is started that could only fail */
async function reachable(io: Io, target: Target): Promise<Target> {
  const { connection } = await unlessInterrupted(io, openDeployment(io, target));
  await connection.close();
  return target;
}
