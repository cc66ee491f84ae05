import {
  type Context,
  type Link,
  ROOT_CONTEXT,
  type Span as SdkSpan,
  SpanKind as SdkSpanKind,
  SpanStatusCode,
  trace as traceApi,
  TraceFlags,
} from "@opentelemetry/api";
import { TraceState } from "@opentelemetry/core";
import { OTLPTraceExporter } from "@opentelemetry/exporter-trace-otlp-http";
import { resourceFromAttributes } from "@opentelemetry/resources";
import {
  BatchSpanProcessor,
  type IdGenerator,
  type SpanExporter,
  type SpanProcessor,
  TracerProvider,
} from "@opentelemetry/sdk-trace";
import {
  type Attributes,
  type Clock,
  ensureError,
  type Log,
  newTraceContext,
  noTracer,
  type Random,
  type Span,
  type SpanKind,
  type SpanOptions,
  type TraceContext,
  type Tracer,
} from "@troupe/actor";
import type { SpanRecord } from "./span-record.ts";
import { SpanStore } from "./span-store.ts";

export interface TelemetryOptions {
  /** `service.name` of the spans. */
  readonly service: string;
  /** `service.instance.id` of the spans. */
  readonly node: string;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /** Base address of an OTLP/HTTP receiver, as in OTEL_EXPORTER_OTLP_ENDPOINT. Default: none. */
  readonly otlpEndpoint?: string;
  /** Keeps spans elsewhere as well, batch by batch. Default: nowhere. */
  readonly store?: (traceId: string, spans: readonly SpanRecord[]) => Promise<void>;
  /** Share of new traces that are recorded, 0 to 1. Default 1. */
  readonly sampleRatio?: number;
  /** Ended spans waiting for export; beyond it new ones are dropped and counted. Default 8192. */
  readonly queueLimit?: number;
}

export interface Telemetry {
  readonly tracer: Tracer;
  /** Resolves when every span that has ended is exported, or its export has failed. */
  flush(): Promise<void>;
  shutdown(): Promise<void>;
  /** Spans dropped because the queue was full. */
  dropped(): number;
}

/** How long ended spans are gathered before they are sent, milliseconds. */
const gatherMs = 500;

const sdkKinds: Readonly<Record<SpanKind, SdkSpanKind>> = {
  internal: SdkSpanKind.INTERNAL,
  producer: SdkSpanKind.PRODUCER,
  consumer: SdkSpanKind.CONSUMER,
  client: SdkSpanKind.CLIENT,
  server: SdkSpanKind.SERVER,
};

/**
 * The tracer port on the OpenTelemetry SDK. Spans go to an OTLP receiver, to a store, to both or, with
 * neither given, nowhere: contexts are then carried along and nothing is recorded. What is not
 * sampled makes no SDK span at all.
 */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { service, node, log, otlpEndpoint, store, queueLimit = 8192 } = options;
  const exporters: SpanExporter[] = [];
  if (otlpEndpoint !== undefined) {
    exporters.push(new OTLPTraceExporter({ url: `${otlpEndpoint.replace(/\/+$/, "")}/v1/traces` }));
  }
  if (store !== undefined) exporters.push(new SpanStore({ ...options, store }));
  if (exporters.length === 0) {
    const nothing = () => Promise.resolve();
    return { tracer: noTracer, flush: nothing, shutdown: nothing, dropped: () => 0 };
  }
  const ids = new ChosenIds(options.random);
  const counter = new QueueCounter(queueLimit, log);
  const batches = exporters.map(
    (exporter) =>
      new BatchSpanProcessor({
        exporter: counter.counting(exporter),
        maxQueueSize: queueLimit,
        scheduledDelayMillis: gatherMs,
      }),
  );
  const provider = new TracerProvider({
    idGenerator: ids,
    spanProcessors: [counter, ...batches],
    resource: resourceFromAttributes({ "service.name": service, "service.instance.id": node }),
  });
  return {
    tracer: new SdkTracer(provider, ids, options),
    flush: () => provider.forceFlush(),
    shutdown: () => provider.shutdown(),
    dropped: () => counter.dropped,
  };
}

/** Hands out the identity that a span was given beforehand, and random ones otherwise. */
class ChosenIds implements IdGenerator {
  readonly #random: Random;
  next: TraceContext | undefined;

  constructor(random: Random) {
    this.#random = random;
  }
  generateTraceId(): string {
    return this.next?.traceId ?? this.#random.hex(16);
  }
  generateSpanId(): string {
    return this.next?.spanId ?? this.#random.hex(8);
  }
}

/** The SDK drops silently when its queue is full; this counts what it is given and what leaves. */
class QueueCounter implements SpanProcessor {
  readonly #limit: number;
  readonly #log: Log;
  #waiting = 0;
  dropped = 0;

  constructor(limit: number, log: Log) {
    this.#limit = limit;
    this.#log = log;
  }
  onStart(): void {}
  onEnd(): void {
    if (this.#waiting < this.#limit) this.#waiting += 1;
    else {
      this.dropped += 1;
      if (this.dropped === 1 || this.dropped % this.#limit === 0) {
        this.#log("warn", "spans are dropped: the export queue is full", { dropped: this.dropped });
      }
    }
  }
  async forceFlush(): Promise<void> {}
  async shutdown(): Promise<void> {}

  counting(exporter: SpanExporter): SpanExporter {
    return {
      export: (spans, done) => {
        this.#waiting = Math.max(0, this.#waiting - spans.length);
        exporter.export(spans, done);
      },
      shutdown: () => exporter.shutdown(),
      forceFlush: async () => exporter.forceFlush?.(),
    };
  }
}

class SdkTracer implements Tracer {
  readonly #provider: TracerProvider;
  readonly #ids: ChosenIds;
  readonly #options: TelemetryOptions;

  constructor(provider: TracerProvider, ids: ChosenIds, options: TelemetryOptions) {
    this.#provider = provider;
    this.#ids = ids;
    this.#options = options;
  }

  start(name: string, options: SpanOptions = {}): Span {
    const { random, sampleRatio = 1 } = this.#options;
    const asked = options.identity ?? options.parent;
    const sampled = asked?.sampled ?? random.next() < sampleRatio;
    if (!sampled) {
      const identity = options.identity ?? {
        ...newTraceContext(random, options.parent),
        sampled: false,
      };
      return noTracer.start(name, { ...options, identity });
    }
    this.#ids.next = options.identity;
    try {
      const span = this.#provider.getTracer("troupe").startSpan(
        name,
        {
          kind: sdkKinds[options.kind ?? "internal"],
          ...(options.attributes === undefined ? {} : { attributes: attributesOf(options.attributes) }),
          ...(options.startedAt === undefined ? {} : { startTime: options.startedAt }),
          ...(options.links === undefined ? {} : { links: options.links.map(linkOf) }),
        },
        contextOf(options.parent),
      );
      return new RecordingSpan(span, options.parent?.state);
    } finally {
      this.#ids.next = undefined;
    }
  }
}

class RecordingSpan implements Span {
  readonly context: TraceContext;
  readonly recording = true;
  readonly #span: SdkSpan;

  constructor(span: SdkSpan, state: string | undefined) {
    const { traceId, spanId } = span.spanContext();
    this.#span = span;
    this.context = { traceId, spanId, sampled: true, ...(state === undefined ? {} : { state }) };
  }
  set(attributes: Attributes): void {
    this.#span.setAttributes(attributesOf(attributes));
  }
  event(name: string, attributes: Attributes = {}): void {
    this.#span.addEvent(name, attributesOf(attributes));
  }
  fail(thrown: unknown): void {
    const error = ensureError(thrown);
    this.#span.recordException(error);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message: error.message });
    this.#span.setAttribute("error.type", error.name);
  }
  end(): void {
    this.#span.end();
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

function attributesOf(attributes: Attributes): Record<string, string | number | boolean | string[]> {
  return Object.fromEntries(
    Object.entries(attributes).map(([key, value]) => [
      key,
      typeof value === "object" ? [...value] : value,
    ]),
  );
}
