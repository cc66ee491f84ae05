import { setTimeout as delay } from "node:timers/promises";
import { JetStreamApiError, JetStreamError } from "@nats-io/jetstream";
import {
  ClosedConnectionError,
  DrainingConnectionError,
  RequestError,
  TimeoutError,
} from "@nats-io/transport-node";
import { ensureError, TroupeError } from "@troupe/actor";
import { isNotEnabled, isStreamNotFound, isUnheard } from "../connection/api-errors.ts";
import type { Connection } from "../connection/connection.ts";
import {
  ConnectionClosedError,
  StoreRefusedError,
  StoreUnavailableError,
  StreamMissingError,
} from "../errors.ts";

/**
 * How long one operation on the store is tried, in milliseconds. A replicated stream needs 4 to 8 s
 * to find a new leader; a repeat must end well inside the dedup window.
 */
export const operationLimitMs = 20_000;
const firstPauseMs = 50;
const longestPauseMs = 1000;
/** "no suitable peers" (a cluster starting), "temporarily unavailable", "stream is offline". */
const passingCodes = new Set([10005, 10008, 10118]);

/**
 * One request, given up as soon as the connection it was made on has been replaced: its answer will
 * not come, and waiting for the time-out would be lost time.
 */
export function onThisConnection<T>(connection: Connection, request: () => Promise<T>): Promise<T> {
  let forget = (): void => {};
  const replaced = new Promise<never>((_, reject) => {
    forget = connection.onReconnect(() => {
      reject(new RequestError("the connection was lost before the answer came"));
    });
  });
  return Promise.race([request(), replaced]).finally(() => forget());
}

/**
 * Runs `action`, again while the server is restarting or electing a leader; no try begins later
 * than {@link operationLimitMs}, and one takes at most 5 s. `action` must be safe to repeat.
 */
export async function untilAnswered<T>(
  connection: Connection,
  stream: string,
  operation: string,
  action: () => Promise<T>,
): Promise<T> {
  const started = performance.now();
  let pauseMs = firstPauseMs;
  for (;;) {
    let cause: Error;
    try {
      return await action();
    } catch (thrown) {
      cause = ensureError(thrown);
    }
    if (cause instanceof TroupeError) throw cause;
    if (isStreamNotFound(cause)) throw new StreamMissingError(stream, { cause });
    if (connection.nats.isClosed() || isClosing(cause)) {
      throw new ConnectionClosedError(operation, false, { cause });
    }
    if (!isPassing(cause)) throw new StoreRefusedError(operation, cause.message, { cause });
    if (isUnheard(cause)) await checkStreamExists(connection, stream);
    const waited = performance.now() - started;
    if (waited + pauseMs > operationLimitMs) {
      throw new StoreUnavailableError(operation, Math.round(waited), cause.message, { cause });
    }
    await delay(pauseMs);
    pauseMs = Math.min(pauseMs * 2, longestPauseMs);
  }
}

function isClosing(error: Error): boolean {
  return error instanceof ClosedConnectionError || error instanceof DrainingConnectionError;
}

/** A pull the server calls malformed: it would be so again. */
const badRequest = 400;

/** Whether trying again may help: a restart, a missing leader, a lost connection or consumer. */
export function isPassing(error: Error): boolean {
  if (error instanceof JetStreamApiError) {
    if (isNotEnabled(error) || error.message.includes("insufficient storage")) return false;
    return error.status === 503 || passingCodes.has(error.code);
  }
  // The end of a pull: its consumer is gone, or on a server that died or is not known everywhere yet.
  if (error instanceof JetStreamError) return !("code" in error && error.code === badRequest);
  return error instanceof TimeoutError || error instanceof RequestError || isUnheard(error);
}

/** A subject nobody listens on is either a store in fail-over or one that was never made. */
async function checkStreamExists(connection: Connection, stream: string): Promise<void> {
  try {
    await connection.manager.streams.info(stream);
  } catch (cause) {
    if (isStreamNotFound(cause)) throw new StreamMissingError(stream, { cause });
  }
}
