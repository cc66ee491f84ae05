import type { Delivery, Ports } from "@troupe/actor";
import { refusalOf } from "../contract/refusal.ts";
import { encodeJson } from "../contract/replies.ts";

/** The part of a message that bytes of a refused goal may take: base64 makes them a third more. */
const payloadShare = 0.5;
/** Most bytes of headers that are kept with it. */
const headerBytes = 4096;

/**
 * A refused goal or command as it is kept, with the reason. It has to fit into one message: of a goal
 * that is too large its beginning is kept, with `bytes`, the length of the whole, which the goal stream
 * holds at `sequence`.
 */
export function deadLetter(
  { sequence, payload, headers }: Pick<Delivery, "sequence" | "payload" | "headers">,
  error: unknown,
  { clock, transport }: Pick<Ports, "clock" | "transport">,
): Uint8Array {
  const room = Math.floor(transport.maxPayloadBytes * payloadShare);
  return encodeJson({
    at: clock.now(),
    sequence,
    ...refusalOf(error),
    headers: fitting(headers),
    payload: Buffer.from(payload.subarray(0, room)).toString("base64"),
    ...(payload.length > room ? { bytes: payload.length } : {}),
  });
}

/** As many of the headers, in their order, as there is room for. */
function fitting(headers: Readonly<Record<string, string>>): Record<string, string> {
  let left = headerBytes;
  const kept = Object.entries(headers).filter(([name, value]) => {
    left -= name.length + value.length;
    return left >= 0;
  });
  return Object.fromEntries(kept);
}
