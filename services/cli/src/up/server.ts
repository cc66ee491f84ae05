import { ensureServer, hidePassword, type RunningServer } from "@troupe/nats";
import type { Io } from "../io.ts";
import type { Undo } from "../undo.ts";
import { unlessInterrupted } from "../waiting.ts";
import type { Reporter } from "./reporter.ts";
import { readUpState } from "./state-file.ts";

export interface ServerOptions {
  /** A server that somebody else runs. Default: `NATS_URL`, else one of our own. */
  readonly server?: string;
  readonly port?: number;
  /** Where a server of our own keeps its things. */
  readonly data: string;
}

export interface UsedServer {
  /** With its password. */
  readonly url: string;
  /** Whether it is ours to end. */
  readonly own: boolean;
}

/**
 * Finds or starts the server, tells which, and sees to it that one of our own is ended.
 *
 * @throws what `ensureServer` of `@troupe/nats` throws; InterruptedError on Ctrl-C
 */
export async function startServer(
  io: Io,
  options: ServerOptions,
  reporter: Reporter,
  undo: Undo,
): Promise<UsedServer> {
  const { data } = options;
  const url = options.server ?? io.environment["NATS_URL"];
  const alone = readUpState(data) === undefined;
  const starting = ensureServer({
    dataDirectory: data,
    log: (level, message) => {
      if (level !== "debug") reporter.tell({ type: "server-search", message });
    },
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(url === undefined ? {} : { url }),
  });
  let started: RunningServer | undefined;
  undo.push(
    // Also when interrupted while it starts: then it is stopped as soon as it has.
    async () => {
      const server = await starting.catch(() => undefined);
      if (server !== undefined) await stopServer(server, alone);
    },
    () => started !== undefined && endProcess(ownPid(started, alone), "SIGKILL"),
  );
  const server = await unlessInterrupted(io, starting);
  started = server;
  const { version, startedHere } = server;
  reporter.tell({
    type: "server",
    url: hidePassword(server.url),
    version,
    started: startedHere,
  });
  return { url: server.url, own: ownPid(server, alone) !== undefined };
}

/** The process of the server, if it is ours to end: started here, or left behind by a lost `troupe up`. */
function ownPid(server: RunningServer, alone: boolean): number | undefined {
  const leftBehind = server.origin === "running" && alone;
  return server.startedHere || leftBehind ? server.pid : undefined;
}

async function stopServer(server: RunningServer, alone: boolean): Promise<void> {
  if (server.startedHere) await server.stop();
  else endProcess(ownPid(server, alone), "SIGTERM");
}

function endProcess(pid: number | undefined, signal: NodeJS.Signals): void {
  if (pid === undefined) return;
  try {
    process.kill(pid, signal);
  } catch {
    // It has ended already, which is what was wanted.
  }
}
