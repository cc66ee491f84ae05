import { Decoder, Encoder } from "@msgpack/msgpack";
import { z } from "zod";

const attributesSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);

/** A span as it is stored: plain data, times in milliseconds since the epoch with fractions. */
export const spanRecordSchema = z.object({
  traceId: z.string(),
  spanId: z.string(),
  parentSpanId: z.string().optional(),
  name: z.string(),
  kind: z.enum(["internal", "server", "client", "producer", "consumer"]),
  startMs: z.number(),
  endMs: z.number(),
  status: z.enum(["ok", "error"]),
  message: z.string().optional(),
  attributes: attributesSchema,
  events: z.array(z.object({ name: z.string(), atMs: z.number(), attributes: attributesSchema })),
  links: z.array(z.object({ traceId: z.string(), spanId: z.string() })),
  service: z.string(),
  node: z.string(),
});
export type SpanRecord = z.output<typeof spanRecordSchema>;

const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder();

/** A batch of spans as bytes (MessagePack). */
export function encodeSpans(spans: readonly SpanRecord[]): Uint8Array {
  return encoder.encode(spans);
}

/** The inverse of {@link encodeSpans}; a batch that can't be read gives no spans. */
export function decodeSpans(payload: Uint8Array): readonly SpanRecord[] {
  try {
    const parsed = z.array(spanRecordSchema).safeParse(decoder.decode(payload));
    return parsed.success ? parsed.data : [];
  } catch {
    return [];
  }
}
