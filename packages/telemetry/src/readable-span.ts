import { type Attributes, SpanKind, SpanStatusCode } from "@opentelemetry/api";
import { hrTimeToMicroseconds } from "@opentelemetry/core";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { SpanRecord } from "./span-record.ts";

const kinds: Readonly<Record<SpanKind, SpanRecord["kind"]>> = {
  [SpanKind.INTERNAL]: "internal",
  [SpanKind.SERVER]: "server",
  [SpanKind.CLIENT]: "client",
  [SpanKind.PRODUCER]: "producer",
  [SpanKind.CONSUMER]: "consumer",
};

/** An SDK span as it is stored. */
export function recordOf(span: ReadableSpan, service: string, node: string): SpanRecord {
  const { traceId, spanId } = span.spanContext();
  const { message } = span.status;
  return {
    traceId,
    spanId,
    ...(span.parentSpanContext === undefined ? {} : { parentSpanId: span.parentSpanContext.spanId }),
    name: span.name,
    kind: kinds[span.kind],
    startMs: hrTimeToMicroseconds(span.startTime) / 1000,
    endMs: hrTimeToMicroseconds(span.endTime) / 1000,
    status: span.status.code === SpanStatusCode.ERROR ? "error" : "ok",
    ...(message === undefined || message === "" ? {} : { message }),
    attributes: plainAttributes(span.attributes),
    events: span.events.map(({ name, time, attributes }) => ({
      name,
      atMs: hrTimeToMicroseconds(time) / 1000,
      attributes: plainAttributes(attributes ?? {}),
    })),
    links: span.links.map(({ context }) => ({ traceId: context.traceId, spanId: context.spanId })),
    service,
    node,
  };
}

function plainAttributes(attributes: Attributes): SpanRecord["attributes"] {
  return Object.fromEntries(
    Object.entries(attributes).flatMap(([key, value]) => {
      if (value === undefined || value === null) return [];
      return [[key, Array.isArray(value) ? value.map(String) : value] as const];
    }),
  ) as SpanRecord["attributes"];
}
