import {
  type HrTime,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
} from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import type { Resource } from "@opentelemetry/resources";
import type { ReadableSpan } from "@opentelemetry/sdk-trace";
import type { SpanRecord } from "../spans/span-record.ts";

const kinds: Readonly<Record<SpanRecord["kind"], SpanKind>> = {
  internal: SpanKind.INTERNAL,
  server: SpanKind.SERVER,
  client: SpanKind.CLIENT,
  producer: SpanKind.PRODUCER,
  consumer: SpanKind.CONSUMER,
};

/** Whose spans they are, as OpenTelemetry has it. */
export interface SpanOrigin {
  readonly resource: Resource;
  readonly instrumentationScope: ReadableSpan["instrumentationScope"];
}

/** An ended span as OpenTelemetry's exporters take it. */
export function readableSpan(record: SpanRecord, origin: SpanOrigin): ReadableSpan {
  const { traceId, parentSpanId, name, attributes, message, dropped, state } = record;
  const traceState = state === undefined ? {} : { traceState: new TraceState(state) };
  const contextOf = (spanId: string, isRemote: boolean): SpanContext => ({
    traceId,
    spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote,
    ...traceState,
  });
  const context = contextOf(record.spanId, false);
  return {
    ...origin,
    name,
    kind: kinds[record.kind],
    spanContext: () => context,
    ...(parentSpanId === undefined ? {} : { parentSpanContext: contextOf(parentSpanId, true) }),
    startTime: hrTimeOf(record.startMs),
    endTime: hrTimeOf(record.endMs),
    duration: hrTimeOf(record.endMs - record.startMs),
    ended: true,
    status:
      record.status === "error"
        ? { code: SpanStatusCode.ERROR, ...(message === undefined ? {} : { message }) }
        : { code: SpanStatusCode.UNSET },
    attributes,
    events: record.events.map((event) => ({
      name: event.name,
      time: hrTimeOf(event.atMs),
      attributes: event.attributes,
    })),
    links: record.links.map((link) => ({
      context: { ...link, traceFlags: TraceFlags.SAMPLED, isRemote: true },
    })),
    droppedAttributesCount: dropped?.attributes ?? 0,
    droppedEventsCount: dropped?.events ?? 0,
    droppedLinksCount: dropped?.links ?? 0,
  };
}

/** Milliseconds as OpenTelemetry counts time. */
function hrTimeOf(ms: number): HrTime {
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
