import type { Msg } from "@nats-io/transport-node";
import type { SharedConsumer } from "./shared-consumer.ts";

const nanosPerMs = 1e6;
const expiresMs = 30_000;
/** How often the server says that it still serves a pull without deliveries. */
export const heartbeatMs = 5000;

export function pullSubject({ stream, name }: SharedConsumer): string {
  return `$JS.API.CONSUMER.MSG.NEXT.${stream}.${name}`;
}

/** Asks for up to `batch` deliveries, waiting 30 s for the first (NATS ADR-13). */
export function pullRequest(batch: number): string {
  return JSON.stringify({
    batch,
    expires: expiresMs * nanosPerMs,
    idle_heartbeat: heartbeatMs * nanosPerMs,
  });
}

/** What a status message on a pull says: it goes on, it is used up, or it cannot be served now. */
export type PullStatus = "alive" | "over" | "refused";

export function statusOf(message: Msg): PullStatus {
  const code = message.headers?.code ?? 0;
  if (code === 100) return "alive";
  // 404 no messages, 408 expired: the ordinary ends of a pull.
  return code === 404 || code === 408 ? "over" : "refused";
}
