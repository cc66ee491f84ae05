/** What the server writes into the reply subject of a delivery. */
export interface DeliveryInfo {
  readonly sequence: number;
  /** 1 on first delivery. */
  readonly attempt: number;
}

/**
 * Reads `$JS.ACK.<stream>.<consumer>.<delivered>.<stream seq>.<consumer seq>.<time>.<pending>`, or
 * the longer form that has domain and account hash before the stream (NATS ADR-15).
 * `undefined` for anything else: then the message is no delivery.
 */
export function parseAckSubject(reply: string | undefined): DeliveryInfo | undefined {
  const tokens = reply?.split(".") ?? [];
  if (tokens[0] !== "$JS" || tokens[1] !== "ACK") return undefined;
  const first = tokens.length === 9 ? 4 : 6;
  const attempt = Number(tokens[first]);
  const sequence = Number(tokens[first + 1]);
  if (!Number.isInteger(attempt) || !Number.isInteger(sequence)) return undefined;
  return { attempt, sequence };
}
