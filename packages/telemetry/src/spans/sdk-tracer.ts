import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Tracer as SdkApiTracer,
  SpanKind as SdkSpanKind,
  type SpanOptions as SdkSpanOptions,
  TraceFlags,
  trace as traceApi,
} from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import {
  newTraceContext,
  type Random,
  type Span,
  type SpanKind,
  type SpanOptions,
  type TraceContext,
  type Tracer,
} from "@troupe/actor";
import type { ChosenIds } from "./chosen-ids.ts";
import { type FineTime, hrTimeOf } from "./fine-time.ts";
import { RecordedSpan, sdkAttributes } from "./recorded-span.ts";
import { isSampled } from "./sampling.ts";
import { UnrecordedSpan } from "./unrecorded-tracer.ts";

const sdkKinds: Readonly<Record<SpanKind, SdkSpanKind>> = {
  internal: SdkSpanKind.INTERNAL,
  producer: SdkSpanKind.PRODUCER,
  consumer: SdkSpanKind.CONSUMER,
  client: SdkSpanKind.CLIENT,
  server: SdkSpanKind.SERVER,
};

interface SdkTracerOptions {
  readonly sdk: SdkApiTracer;
  readonly ids: ChosenIds;
  readonly time: FineTime;
  readonly random: Random;
  readonly sampleRatio: number;
}

/** The tracer port on an SDK tracer. What is not sampled never reaches the SDK. */
export class SdkTracer implements Tracer {
  readonly #options: SdkTracerOptions;

  constructor(options: SdkTracerOptions) {
    this.#options = options;
  }

  start(name: string, options: SpanOptions = {}): Span {
    const { parent } = options;
    const { random, sampleRatio } = this.#options;
    const given = options.identity ?? parent;
    if (given?.sampled === false) return new UnrecordedSpan(given);
    if (given !== undefined) return this.#record(name, options, options.identity);
    const fresh = newTraceContext(random);
    if (isSampled(fresh.traceId, sampleRatio)) return this.#record(name, options, fresh);
    return new UnrecordedSpan({ ...fresh, sampled: false });
  }

  #record(name: string, options: SpanOptions, identity: TraceContext | undefined): Span {
    const { sdk, ids, time } = this.#options;
    const { parent, attributes, links = [], kind = "internal" } = options;
    // A parent in another trace cannot be a parent: the span would be drawn into that trace.
    const foreign =
      parent !== undefined && (identity?.traceId ?? parent.traceId) !== parent.traceId;
    const linked = foreign ? [parent, ...links] : links;
    const startMs = options.startedAt ?? time.now();
    const sdkOptions: SdkSpanOptions = {
      kind: sdkKinds[kind],
      startTime: hrTimeOf(startMs),
      ...(attributes === undefined ? {} : { attributes: sdkAttributes(attributes) }),
      ...(linked.length === 0 ? {} : { links: linked.map(linkOf) }),
    };
    const context = contextOf(foreign ? undefined : parent);
    const span = ids.during(identity, () => sdk.startSpan(name, sdkOptions, context));
    return new RecordedSpan(span, time, startMs, identity?.state ?? parent?.state);
  }
}

function contextOf(parent: TraceContext | undefined): Context {
  if (parent === undefined) return ROOT_CONTEXT;
  return traceApi.setSpanContext(ROOT_CONTEXT, {
    traceId: parent.traceId,
    spanId: parent.spanId,
    traceFlags: TraceFlags.SAMPLED,
    isRemote: true,
    ...(parent.state === undefined ? {} : { traceState: new TraceState(parent.state) }),
  });
}

function linkOf({ traceId, spanId, sampled }: TraceContext): Link {
  const traceFlags = sampled ? TraceFlags.SAMPLED : TraceFlags.NONE;
  return { context: { traceId, spanId, traceFlags, isRemote: true } };
}
