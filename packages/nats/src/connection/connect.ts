import { setTimeout as delay } from "node:timers/promises";
import { jetstream } from "@nats-io/jetstream";
import {
  AuthorizationError,
  connect as dial,
  type NatsConnection,
  type NodeConnectionOptions,
  nkeyAuthenticator,
  type Status,
} from "@nats-io/transport-node";
import { ensureError, type Log, type LogLevel, silentLog } from "@troupe/actor";
import { NatsAuthenticationError, NatsUnreachableError } from "../errors.ts";
import type { Connection } from "./connection.ts";
import { hidePassword } from "./hide-password.ts";
import { inboxPrefix } from "./inbox.ts";
import { reconnectDelay } from "./reconnect-delay.ts";
import { parseServerUrl, type ServerAddress } from "./server-url.ts";
import { parseVersion } from "./server-version.ts";

/** Which server is connected to, as whom, and how long that is tried. */
export interface ConnectOptions {
  /** `nats://[user:password@]host[:port]`, several separated by commas; `tls://` asks for TLS. Instead of a password the seed of an nkey. */
  readonly url: string;
  /** How the server and its logs call this client; names its inboxes, below those of the user. */
  readonly name: string;
  /** Told of lost and restored connections. Default: nobody is told. */
  readonly log?: Log;
  /** How long the first connection may take, in milliseconds; default 5000. */
  readonly timeoutMs?: number;
}

const defaultTimeoutMs = 5000;
const firstRetryMs = 50;
const longestRetryMs = 500;
const closeTimeoutMs = 2000;
const pingIntervalMs = 10_000;
/** Time for one JetStream API answer; whole operations have longer limits of their own. */
export const apiTimeoutMs = 5000;

/**
 * Connects to NATS. Once connected it reconnects for ever, with delays that double from 50 ms to
 * 2 s; meanwhile publishes may be lost and requests time out. Status changes are logged.
 *
 * Within `timeoutMs` a server that is still starting is waited for. Then it throws
 * `NatsUnreachableError`; wrong credentials throw `NatsAuthenticationError` at once, a malformed
 * url `InvalidServerUrlError`. Passwords appear in no message and no log line.
 */
export async function connect(options: ConnectOptions): Promise<Connection> {
  const { url, name, log = silentLog } = options;
  const address = parseServerUrl(url);
  const delays = reconnectDelay();
  const inboxes = address.user === undefined ? inboxPrefix(name) : inboxPrefix(address.user, name);
  const nats = await firstConnection(options, {
    servers: [...address.servers],
    name,
    ...(address.tls ? { tls: {} } : {}),
    ...credentialsOf(address),
    inboxPrefix: inboxes,
    maxReconnectAttempts: -1,
    reconnectDelayHandler: delays.next,
    // A server that restarts with another password must not end a node for ever.
    ignoreAuthErrorAbort: true,
    noAsyncTraces: true,
    pingInterval: pingIntervalMs,
    maxPingOut: 2,
  });
  const reconnected = new Set<() => void>();
  const shown = hidePassword(url);
  const client = jetstream(nats, { timeout: apiTimeoutMs });
  const manager = await client.jetstreamManager(false);
  let connected = true;
  void followStatus(nats, (status) => {
    if (status.type === "disconnect" || status.type === "close") connected = false;
    if (status.type === "reconnect") connected = true;
    if (status.type === "reconnecting") delays.attempted();
    if (status.type === "reconnect") delays.connected();
    const [level, line] = statusLine(shown, status);
    log(level, line, { name });
    if (status.type === "reconnect") for (const listener of reconnected) listener();
  });
  log("debug", `connected to NATS at ${shown}`, { name, version: nats.info?.version });
  return {
    name,
    url: shown,
    inboxes,
    get version() {
      return parseVersion(nats.info?.version ?? "");
    },
    log,
    nats,
    jetstream: client,
    manager,
    get connected() {
      return connected;
    },
    onReconnect(listener) {
      reconnected.add(listener);
      return () => reconnected.delete(listener);
    },
    close: () => closeGently(nats),
  };
}

function credentialsOf({ user, password, seed, token }: ServerAddress): NodeConnectionOptions {
  if (token !== undefined) return { token };
  if (seed !== undefined) {
    return { authenticator: nkeyAuthenticator(new TextEncoder().encode(seed)) };
  }
  return user === undefined ? {} : { user, pass: password ?? "" };
}

async function firstConnection(
  { url, timeoutMs = defaultTimeoutMs }: ConnectOptions,
  settings: NodeConnectionOptions,
): Promise<NatsConnection> {
  const deadline = performance.now() + timeoutMs;
  let retryMs = firstRetryMs;
  for (;;) {
    const left = deadline - performance.now();
    try {
      return await dial({ ...settings, timeout: Math.max(1, Math.ceil(left)) });
    } catch (thrown) {
      const cause = ensureError(thrown);
      if (cause instanceof AuthorizationError || cause.cause instanceof AuthorizationError) {
        throw new NatsAuthenticationError(url, { cause });
      }
      if (performance.now() + retryMs >= deadline) {
        throw new NatsUnreachableError(url, timeoutMs, cause.message, { cause });
      }
    }
    await delay(retryMs);
    retryMs = Math.min(retryMs * 2, longestRetryMs);
  }
}

async function followStatus(nats: NatsConnection, on: (status: Status) => void): Promise<void> {
  for await (const status of nats.status()) on(status);
}

/** How a status of the client is logged. */
function statusLine(url: string, status: Status): readonly [LogLevel, string] {
  switch (status.type) {
    case "disconnect":
      return ["warn", `lost the connection to NATS at ${url}; reconnecting`];
    case "reconnect":
      return ["info", `reconnected to NATS at ${url}`];
    case "error":
      return ["error", `NATS at ${url} reports: ${status.error.message}`];
    case "ldm":
      return ["info", `the NATS server at ${url} is shutting down and asks to move`];
    case "staleConnection":
      return ["warn", `the NATS server at ${url} stopped answering pings`];
    case "close":
      return ["debug", `closed the connection to NATS at ${url}`];
    default:
      return ["debug", `NATS connection to ${url}: ${status.type}`];
  }
}

async function closeGently(nats: NatsConnection): Promise<void> {
  if (nats.isClosed()) return;
  const limit = new AbortController();
  const flushed = nats.flush().catch(() => {});
  await Promise.race([
    flushed,
    delay(closeTimeoutMs, undefined, { signal: limit.signal }).catch(() => {}),
  ]);
  limit.abort();
  await nats.close();
}
