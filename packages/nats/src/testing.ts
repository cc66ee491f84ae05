import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { type Log, silentLog } from "@troupe/actor";
import { NoServerError } from "./errors.ts";
import { defaultCacheDirectory } from "./server/binary-cache.ts";
import { ensureServer, type RunningServer } from "./server/ensure-server.ts";
import { findBinary } from "./server/find-binary.ts";
import { isRunning } from "./server/start-lock.ts";

const killLimitMs = 10_000;
/** Sizes are reserved, not written: room for the streams of many prefixes. */
const maxStoreBytes = 2 ** 40;

/** A real nats-server of a test's own. */
export interface TestServer {
  /** With the credentials; the same before and after `restart`. */
  readonly url: string;
  readonly version: string;
  readonly dataDirectory: string;
  /** Ends the server and removes its data. */
  stop(): Promise<void>;
  /** Ends the server as a crash would: SIGKILL, data kept. */
  kill(): Promise<void>;
  /** Starts it again on the same data and port; it is ended first if it still runs. */
  restart(): Promise<void>;
}

/**
 * Starts a nats-server with JetStream on a temporary data folder. It finds or fetches the program
 * as `ensureServer` does; `TROUPE_NATS_SERVER` chooses another. Throws `NoServerError` when none
 * can be had. A test process that ends without `stop` takes its servers with it.
 */
export async function startTestServer(options: { readonly log?: Log } = {}): Promise<TestServer> {
  const { log = silentLog } = options;
  const dataDirectory = await mkdtemp(join(tmpdir(), "troupe-nats-"));
  let server: RunningServer = await ensureServer({ dataDirectory, maxStoreBytes, log });
  const { url, version } = server;
  const port = Number(new URL(url).port);
  const killLeftover = (): void => {
    if (server.pid !== undefined && isRunning(server.pid)) process.kill(server.pid, "SIGKILL");
  };
  process.once("exit", killLeftover);
  return {
    url,
    version,
    dataDirectory,
    async stop() {
      process.off("exit", killLeftover);
      await server.stop();
      await rm(dataDirectory, { recursive: true, force: true });
    },
    async kill() {
      if (server.pid !== undefined) await killProcess(server.pid);
    },
    async restart() {
      await server.stop();
      server = await ensureServer({ dataDirectory, port, maxStoreBytes, log });
    },
  };
}

async function killProcess(pid: number): Promise<void> {
  if (isRunning(pid)) process.kill(pid, "SIGKILL");
  const deadline = performance.now() + killLimitMs;
  while (isRunning(pid)) {
    if (performance.now() > deadline) throw new Error(`process ${pid} survived SIGKILL`);
    await delay(5);
  }
}

/**
 * Whether a nats-server can be had on this machine. If not, says on standard error which tests it
 * is that will not run, and why: for `describe.skipIf`.
 */
export async function canStartServer(tests: string): Promise<boolean> {
  try {
    await findBinary({ cacheDirectory: defaultCacheDirectory(), log: silentLog });
    return true;
  } catch (thrown) {
    if (!(thrown instanceof NoServerError)) throw thrown;
    console.error(`SKIPPED, no nats-server to test with: ${tests}\n${thrown.message}`);
    return false;
  }
}

/** Things that arrive in callbacks, to be awaited one by one. */
export interface Arrivals<T> {
  readonly all: readonly T[];
  push(item: T): void;
  /** The next one not yet taken; rejects when none comes within the limit. */
  next(): Promise<T>;
}

/** Collects arrivals. `limitMs` (default 15 000) bounds each `next`. */
export function arrivals<T>(limitMs = 15_000): Arrivals<T> {
  const all: T[] = [];
  let taken = 0;
  let wake = (): void => {};
  return {
    all,
    push(item) {
      all.push(item);
      wake();
    },
    async next() {
      while (all.length <= taken) {
        await new Promise<void>((resolve, reject) => {
          const late = (): void => reject(new Error(`only ${all.length} arrived in ${limitMs} ms`));
          const timer = setTimeout(late, limitMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
      }
      taken += 1;
      return all[taken - 1] as T;
    },
  };
}
