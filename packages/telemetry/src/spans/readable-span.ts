import {
  type Attributes,
  type AttributeValue,
  type HrTime,
  SpanKind,
  SpanStatusCode,
} from "@opentelemetry/api";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { SpanRecord } from "./span-record.ts";

const kinds: Readonly<Record<SpanKind, SpanRecord["kind"]>> = {
  [SpanKind.INTERNAL]: "internal",
  [SpanKind.SERVER]: "server",
  [SpanKind.CLIENT]: "client",
  [SpanKind.PRODUCER]: "producer",
  [SpanKind.CONSUMER]: "consumer",
};

type PlainValue = SpanRecord["attributes"][string];

/** An ended SDK span as it is stored. */
export function recordOf(span: ReadableSpan, service: string, node: string): SpanRecord {
  const { traceId, spanId } = span.spanContext();
  const { message } = span.status;
  return {
    traceId,
    spanId,
    ...(span.parentSpanContext === undefined
      ? {}
      : { parentSpanId: span.parentSpanContext.spanId }),
    name: span.name,
    kind: kinds[span.kind],
    startMs: millisOf(span.startTime),
    endMs: millisOf(span.endTime),
    status: span.status.code === SpanStatusCode.ERROR ? "error" : "ok",
    ...(message === undefined || message === "" ? {} : { message }),
    attributes: plainAttributes(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      atMs: millisOf(time),
      attributes: plainAttributes(attributes ?? {}),
    })),
    links: span.links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
    service,
    node,
  };
}

function millisOf([seconds, nanos]: HrTime): number {
  return seconds * 1000 + nanos / 1e6;
}

function plainAttributes(attributes: Attributes): SpanRecord["attributes"] {
  const plain: SpanRecord["attributes"] = {};
  for (const [key, value] of Object.entries(attributes)) {
    const kept = plainValue(value);
    if (kept !== undefined) plain[key] = kept;
  }
  return plain;
}

function plainValue(value: AttributeValue | null | undefined): PlainValue | undefined {
  if (typeof value === "string" || typeof value === "number" || typeof value === "boolean") {
    return value;
  }
  if (Array.isArray(value)) return value.map(String);
  return value === undefined || value === null ? undefined : JSON.stringify(value);
}
