import { mkdir } from "node:fs/promises";
import { resolve } from "node:path";
import { ensureError, type Log } from "@troupe/actor";
import { hidePassword } from "../connection/hide-password.ts";
import { defaultCacheDirectory } from "./binary-cache.ts";
import { checkServer } from "./check-server.ts";
import {
  type Credentials,
  type DataDirectory,
  dataDirectory,
  forgetState,
  loadCredentials,
  loadState,
  makeCredentials,
} from "./data-directory.ts";
import { type BinaryOrigin, findBinary } from "./find-binary.ts";
import { launch, localUrl } from "./launch.ts";
import { isRunning, whileLocked } from "./start-lock.ts";

/** Which server is wanted, and how one is started where none is there. */
export interface EnsureServerOptions {
  /** A server that is run by someone else, usually `NATS_URL`. It is checked, never started. */
  readonly url?: string;
  /** Where a server of one's own keeps its store, credentials, configuration and log. */
  readonly dataDirectory: string;
  /** Where fetched programs are kept; default `$XDG_CACHE_HOME/troupe` or `~/.cache/troupe`. */
  readonly cacheDirectory?: string;
  /** Port of a server of one's own; default a free one. */
  readonly port?: number;
  /**
   * How much disk the streams of a server of one's own may reserve together, in bytes; default what
   * the server thinks right, three quarters of what is free.
   */
  readonly maxStoreBytes?: number;
  readonly log: Log;
}

/** A server that can be connected to. */
export interface RunningServer {
  /** With the credentials: treat it as a secret. */
  readonly url: string;
  readonly version: string;
  /** Given by url, met running on the data folder, or started from a program of that origin. */
  readonly origin: "given" | "running" | BinaryOrigin;
  /** The program, when it is known. */
  readonly binary?: string;
  /** Absent for a server that was given by url. */
  readonly pid?: number;
  readonly startedHere: boolean;
  /** Ends a server that was started here and does nothing to others. Calling it again does nothing. */
  stop(): Promise<void>;
}

/** A server that is there answers at once on loopback. */
const meetLimitMs = 2000;

/**
 * Gives a NATS server with JetStream.
 *
 * A given `url` is only checked: it must answer within 5 s, accept the credentials and have
 * JetStream, or the error says which failed. Without one, the server that already runs on the data
 * folder is met, or else one is started there: on loopback only, under a random password kept in
 * the data folder for its owner alone. The program is looked for in `TROUPE_NATS_SERVER`, `PATH` and
 * the cache, then fetched: the official release, whose checksum is known, then Debian's package.
 * Two processes that call this at once on one data folder get the same server.
 *
 * A started server is a process of its own: it outlives a crash of this one and is met again by the
 * next call. Throws `NoServerError` listing every attempt, `ServerStartError`,
 * `DataDirectoryBusyError`, and for a given url `NatsUnreachableError`, `NatsAuthenticationError`,
 * `JetStreamDisabledError`.
 */
export async function ensureServer(options: EnsureServerOptions): Promise<RunningServer> {
  if (options.url !== undefined && options.url !== "") return given(options.url, options.log);
  const files = dataDirectory(resolve(options.dataDirectory));
  await mkdir(files.path, { recursive: true, mode: 0o700 });
  return whileLocked(files, async () => {
    const credentials = (await loadCredentials(files)) ?? (await makeCredentials(files));
    const met = await meet(files, credentials, options.log);
    return met ?? start(files, credentials, options);
  });
}

async function given(url: string, log: Log): Promise<RunningServer> {
  const { version } = await checkServer(url, log);
  log("info", `using nats-server ${version.text} at ${hidePassword(url)}`);
  return {
    url,
    version: version.text,
    origin: "given",
    startedHere: false,
    stop: async () => {},
  };
}

/** The server that the state file speaks of, if it is that one and it answers. */
async function meet(
  files: DataDirectory,
  credentials: Credentials,
  log: Log,
): Promise<RunningServer | undefined> {
  const state = await loadState(files);
  if (state === undefined) return undefined;
  const url = localUrl(state.port, credentials);
  const stale = async (reason: string): Promise<undefined> => {
    log("info", `the server noted in ${files.state} is not there: ${reason}`);
    await forgetState(files);
    return undefined;
  };
  if (!isRunning(state.pid)) return stale(`process ${state.pid} has ended`);
  try {
    const { version, serverName, authenticates } = await checkServer(url, log, meetLimitMs);
    if (serverName !== credentials.serverName || !authenticates) {
      return await stale(`port ${state.port} belongs to another server`);
    }
    log("info", `using nats-server ${version.text}, which runs on ${files.path}`);
    return {
      url,
      version: version.text,
      origin: "running",
      binary: state.binary,
      pid: state.pid,
      startedHere: false,
      stop: async () => {},
    };
  } catch (thrown) {
    return stale(ensureError(thrown).message);
  }
}

async function start(
  files: DataDirectory,
  credentials: Credentials,
  options: EnsureServerOptions,
): Promise<RunningServer> {
  const { log } = options;
  const binary = await findBinary({
    cacheDirectory: resolve(options.cacheDirectory ?? defaultCacheDirectory()),
    log,
  });
  const launched = await launch({
    binary: binary.path,
    version: binary.version,
    files,
    credentials,
    log,
    ...(options.port === undefined ? {} : { port: options.port }),
    ...(options.maxStoreBytes === undefined ? {} : { maxStoreBytes: options.maxStoreBytes }),
  });
  log("info", `started nats-server ${binary.version.text} on port ${launched.port}`, {
    pid: launched.pid,
    dataDirectory: files.path,
  });
  return {
    url: localUrl(launched.port, credentials),
    version: binary.version.text,
    origin: binary.origin,
    binary: binary.path,
    pid: launched.pid,
    startedHere: true,
    async stop() {
      await launched.stop();
      const state = await loadState(files);
      if (state?.pid === launched.pid) await forgetState(files);
    },
  };
}
