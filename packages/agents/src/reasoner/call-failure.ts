import { ensureError } from "@troupe/actor";
import { APICallError } from "ai";
import { ResponseTooLargeError } from "./bounded-fetch.ts";
import type { CallOutcome } from "./call.ts";
import type { Secret } from "./secret.ts";

/** Most characters of a server's message that are passed on. */
const detailLimit = 300;

/** Statuses below 500 that say nothing against the request: timeout, conflict, too early, too many. */
const passingStatuses = new Set([408, 409, 425, 429]);

/**
 * What an error of the client library means.
 *
 * Only its status, its message and the wait it asks for are passed on, without the key: the error
 * itself holds the whole request, and servers quote keys.
 *
 * @param now wall-clock time, milliseconds, for waits that are given as a date
 */
export function callFailure(
  thrown: unknown,
  key: Secret | undefined,
  now: number,
): CallOutcome["end"] {
  const tooLarge = findTooLarge(thrown);
  if (tooLarge !== undefined) return { kind: "oversized", limitBytes: tooLarge.limitBytes };
  const message = messageOf(thrown);
  const detail = (key?.redact(message) ?? message).replaceAll(/\s+/g, " ").slice(0, detailLimit);
  if (!APICallError.isInstance(thrown)) return { kind: "unavailable", detail };
  const { statusCode: status, responseHeaders = {} } = thrown;
  if (status !== undefined && status >= 300 && status < 500 && !passingStatuses.has(status)) {
    return { kind: "rejected", status, detail };
  }
  return {
    kind: "unavailable",
    status: status === 200 ? undefined : status,
    retryAfterMs: retryAfterMs(responseHeaders, now),
    detail,
  };
}

/** What servers call an error in a stream has no common shape. */
function messageOf(thrown: unknown): string {
  if (thrown instanceof Error) return thrown.message;
  if (typeof thrown === "object" && thrown !== null && "message" in thrown) {
    return String(thrown.message);
  }
  return ensureError(thrown).message;
}

function findTooLarge(thrown: unknown): ResponseTooLargeError | undefined {
  const seen = new Set<unknown>();
  let error = thrown;
  while (error instanceof Error && !seen.has(error)) {
    if (error instanceof ResponseTooLargeError) return error;
    seen.add(error);
    error = error.cause;
  }
  return undefined;
}

/** `Retry-After` is seconds or a date (RFC 9110, section 10.2.3). */
function retryAfterMs(headers: Readonly<Record<string, string>>, now: number): number | undefined {
  const value = headers["retry-after"]?.trim();
  if (value === undefined || value === "") return undefined;
  if (/^\d{1,9}(\.\d+)?$/.test(value)) return Number(value) * 1000;
  const date = Date.parse(value);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
