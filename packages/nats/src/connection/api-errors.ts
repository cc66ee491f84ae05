import { JetStreamApiCodes, JetStreamApiError } from "@nats-io/jetstream";
import { RequestError } from "@nats-io/transport-node";

export function isStreamNotFound(thrown: unknown): boolean {
  return thrown instanceof JetStreamApiError && thrown.code === JetStreamApiCodes.StreamNotFound;
}

export function isConsumerNotFound(thrown: unknown): boolean {
  return thrown instanceof JetStreamApiError && thrown.code === JetStreamApiCodes.ConsumerNotFound;
}

/** "JetStream not enabled", for the server and for the account. */
const notEnabledCodes: ReadonlySet<number> = new Set([
  10076,
  JetStreamApiCodes.JetStreamNotEnabledForAccount,
]);

/** The server says that it, or this account, has no JetStream. */
export function isNotEnabled(thrown: unknown): boolean {
  return thrown instanceof JetStreamApiError && notEnabledCodes.has(thrown.code);
}

/** Nobody serves the JetStream API, or the stream's subject, at this moment. */
export function isUnheard(thrown: unknown): boolean {
  const source = thrown instanceof Error && thrown.cause !== undefined ? thrown.cause : thrown;
  return source instanceof RequestError && source.isNoResponders();
}
