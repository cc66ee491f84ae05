import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdir, open, readFile } from "node:fs/promises";
import { createServer } from "node:net";
import { setTimeout as delay } from "node:timers/promises";
import { type Log, silentLog } from "@troupe/actor";
import { connect } from "../connection/connect.ts";
import type { ServerVersion } from "../connection/server-version.ts";
import { ServerStartError } from "../errors.ts";
import {
  type Credentials,
  type DataDirectory,
  saveState,
  writePrivately,
} from "./data-directory.ts";
import { serverConfig } from "./server-config.ts";

/** A server process, ready to be connected to. */
export interface Launched {
  readonly pid: number;
  readonly port: number;
  /** Ends it: SIGTERM, and SIGKILL when it has not ended within 10 s. */
  stop(): Promise<void>;
}

export interface LaunchOptions {
  readonly binary: string;
  readonly version: ServerVersion;
  readonly files: DataDirectory;
  readonly credentials: Credentials;
  /** A free one when left out. */
  readonly port?: number;
  readonly maxStoreBytes?: number;
  readonly log: Log;
}

/** A store of many gigabytes is checked before the server is ready. */
const readyLimitMs = 60_000;
const stopLimitMs = 10_000;
const portAttempts = 3;
const logTailBytes = 2000;

/**
 * Starts nats-server as a process of its own group, so that an interrupt meant for its parent lets
 * the nodes finish first, and waits until it can be connected to. What it writes goes to a log file
 * in the data folder. Throws `ServerStartError` with the end of that log.
 */
export async function launch(options: LaunchOptions): Promise<Launched> {
  for (let attempt = 1; ; attempt += 1) {
    const port = options.port ?? (await freePort());
    try {
      return await launchOn(port, options);
    } catch (thrown) {
      const another = thrown instanceof ServerStartError && thrown.retryable;
      if (!another || options.port !== undefined || attempt >= portAttempts) throw thrown;
      options.log("info", `port ${port} was taken meanwhile; trying another`);
    }
  }
}

async function launchOn(port: number, options: LaunchOptions): Promise<Launched> {
  const { binary, version, files, credentials, maxStoreBytes } = options;
  await mkdir(files.store, { recursive: true, mode: 0o700 });
  const { serverName, user, password } = credentials;
  await writePrivately(
    files.config,
    serverConfig({
      version,
      port,
      serverName,
      user,
      password,
      storeDirectory: files.store,
      ...(maxStoreBytes === undefined ? {} : { maxStoreBytes }),
    }),
  );
  const output = await open(files.log, "a", 0o600);
  const logStart = (await output.stat()).size;
  let child: ChildProcess;
  try {
    child = spawn(binary, ["--config", files.config], {
      detached: true,
      stdio: ["ignore", output.fd, output.fd],
    });
    await once(child, "spawn");
  } catch (thrown) {
    throw new ServerStartError(binary, files.log, String(thrown));
  } finally {
    await output.close();
  }
  child.unref();
  const { pid } = child;
  if (pid === undefined) throw new ServerStartError(binary, files.log, "it has no process id");
  const stop = (): Promise<void> => end(child);
  try {
    await untilReady(child, port, credentials);
    await saveState(files, { pid, port, binary });
  } catch (thrown) {
    await stop();
    const said = (await readFile(files.log, "utf8")).slice(logStart).slice(-logTailBytes).trim();
    const portTaken = said.includes("address already in use");
    const reason = said === "" ? String(thrown) : `it said: ${said}`;
    throw new ServerStartError(binary, files.log, reason, portTaken);
  }
  return { pid, port, stop };
}

export function localUrl(port: number, { user, password }: Credentials): string {
  return `nats://${user}:${password}@127.0.0.1:${port}`;
}

async function untilReady(
  child: ChildProcess,
  port: number,
  credentials: Credentials,
): Promise<void> {
  const exited = once(child, "exit").then(([code, signal]) => {
    throw new Error(`it ended with ${signal ?? `code ${code}`}`);
  });
  const connected = connect({
    url: localUrl(port, credentials),
    name: "troupe-start",
    log: silentLog,
    timeoutMs: readyLimitMs,
  });
  // Whichever loses the race is dealt with: a late connection is closed, a late exit is no error here.
  connected.then(
    (connection) => connection.close(),
    () => {},
  );
  exited.catch(() => {});
  if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
  await Promise.race([connected, exited]);
}

async function end(child: ChildProcess): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const exited = once(child, "exit");
  child.ref();
  child.kill("SIGTERM");
  const limit = new AbortController();
  const late = delay(stopLimitMs, "late", { signal: limit.signal }).catch(() => "over");
  if ((await Promise.race([exited, late])) === "late") {
    child.kill("SIGKILL");
    await exited;
  }
  limit.abort();
}

/** A loopback port that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer();
  probe.listen(0, "127.0.0.1");
  await once(probe, "listening");
  const address = probe.address();
  probe.close();
  await once(probe, "close");
  if (address === null || typeof address === "string") throw new Error("no port was assigned");
  return address.port;
}
