import { z } from "zod";
import { UnreadableSpansError } from "../errors.ts";

const attributesSchema = z.record(
  z.string(),
  z.union([z.string(), z.number(), z.boolean(), z.array(z.string())]),
);

/**
 * A span as it is stored: plain JSON data. Times are milliseconds since the epoch, with fractions.
 * `status` is `ok` for everything that was not marked as failed; `message` then says what failed.
 */
export const spanRecordSchema = z.object({
  traceId: z.string().min(1),
  spanId: z.string().min(1),
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
  /** How many of each were more than a span may have, and are left out. */
  dropped: z.object({ attributes: z.number(), events: z.number(), links: z.number() }).optional(),
  /** The `tracestate` of its trace. */
  state: z.string().optional(),
  /** `service.name` of the process that reported it. */
  service: z.string(),
  /** The node that reported it. */
  node: z.string(),
});
export type SpanRecord = z.output<typeof spanRecordSchema>;

const batchSchema = z.array(spanRecordSchema);
/** Bytes that are no text are refused rather than replaced. */
const strictUtf8 = new TextDecoder("utf-8", { fatal: true });

/** A batch of spans as bytes (JSON), for a journal or an object store. */
export function encodeSpans(spans: readonly SpanRecord[]): Uint8Array {
  return new TextEncoder().encode(JSON.stringify(spans));
}

/**
 * The inverse of {@link encodeSpans}. Fields it does not know are left out.
 *
 * @throws UnreadableSpansError when `payload` is not a batch of spans
 */
export function decodeSpans(payload: Uint8Array): readonly SpanRecord[] {
  let decoded: unknown;
  try {
    decoded = JSON.parse(strictUtf8.decode(payload));
  } catch (cause) {
    throw new UnreadableSpansError(payload.byteLength, "it is not JSON", { cause });
  }
  const parsed = batchSchema.safeParse(decoded);
  if (parsed.success) return parsed.data;
  const [issue] = parsed.error.issues;
  const place = issue === undefined ? "" : ` at '${issue.path.join(".")}'`;
  throw new UnreadableSpansError(payload.byteLength, `${issue?.message ?? "wrong shape"}${place}`, {
    cause: parsed.error,
  });
}

/** The spans of several batches, in order. */
export interface ReadSpans {
  readonly spans: readonly SpanRecord[];
  /** Batches that cannot be read: damaged, or of a release that stored them in another form. */
  readonly unreadable: number;
}

/** Reads batches as {@link decodeSpans} does each; one that cannot be read does not hide the others. */
export function readSpans(batches: readonly Uint8Array[]): ReadSpans {
  const spans: SpanRecord[] = [];
  let unreadable = 0;
  for (const batch of batches) {
    try {
      spans.push(...decodeSpans(batch));
    } catch (error) {
      if (!(error instanceof UnreadableSpansError)) throw error;
      unreadable += 1;
    }
  }
  return { spans, unreadable };
}
