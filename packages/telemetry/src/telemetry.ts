import type { Clock, Log, Random, Tracer } from "@troupe/actor";
import { InvalidTelemetryOptionError } from "./errors.ts";
import { ExportQueue } from "./export/export-queue.ts";
import { otlpSink } from "./export/otlp-sink.ts";
import type { Sink } from "./export/sink.ts";
import { type StoreSpans, storeSink } from "./export/store-sink.ts";
import { type ResourceOptions, resourceOf } from "./resource.ts";
import { FineTime } from "./spans/fine-time.ts";
import { RecordTracer } from "./spans/record-tracer.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import { spend, type TraceBudget } from "./spans/trace-budget.ts";
import { unrecordedTracer } from "./spans/unrecorded-tracer.ts";

/** Whose spans they are, which are recorded, and where they go. */
export interface TelemetryOptions extends ResourceOptions {
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
  /**
   * Base address of an OTLP/HTTP receiver, as in OTEL_EXPORTER_OTLP_ENDPOINT; `/v1/traces` is added.
   * Headers are taken from OTEL_EXPORTER_OTLP_HEADERS. Default: none.
   */
  readonly otlpEndpoint?: string;
  /** Keeps ended spans as well, batch by batch and trace by trace. Default: nothing does. */
  readonly store?: StoreSpans;
  /**
   * Traces that may begin a second and are recorded, with ten seconds' worth at once; 0: none, Infinity: all.
   * Those beyond are not recorded, and counted by `unsampled()`. What belongs to a publisher's trace, or has
   * a parent or an identity, follows its `sampled` and counts for nothing. Default 20.
   */
  readonly tracesPerSecond?: number;
  /** Ended spans that may wait for each sink; beyond it new ones are dropped. Default 8192. */
  readonly queueLimit?: number;
}

/** The tracing of a process, until it is shut down. */
export interface Telemetry {
  readonly tracer: Tracer;
  /** Resolves when every span that has ended by now was delivered, or is given up. Never rejects. */
  flush(): Promise<void>;
  /** Delivers what is left within 5 s and stops. Spans that end later are dropped. Never rejects. */
  shutdown(): Promise<void>;
  /**
   * Ended spans that did not reach a sink because its queue was full or it kept failing; counted once
   * for each sink.
   */
  dropped(): number;
  /** Traces that are not recorded because more began than `tracesPerSecond` allows. */
  unsampled(): number;
}

/**
 * The tracer port, with spans as OpenTelemetry has them. They go to an OTLP receiver, to a store, to both or,
 * with neither given, nowhere: contexts are then carried along and nothing is recorded.
 *
 * No failure of a sink reaches the traced code: deliveries are tried a few times, what is given up is
 * counted by `dropped()` and logged at most once in 10 s for each sink.
 *
 * @throws InvalidTelemetryOptionError when an option cannot work
 */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { service, node, clock, random, log } = options;
  const { tracesPerSecond = 20, queueLimit = 8192 } = options;
  if (!(tracesPerSecond >= 0)) {
    throw new InvalidTelemetryOptionError("tracesPerSecond", tracesPerSecond, "0 or more");
  }
  if (!Number.isInteger(queueLimit) || queueLimit < 1) {
    throw new InvalidTelemetryOptionError("queueLimit", queueLimit, "a whole number above 0");
  }
  const queues = sinksOf(options).map(
    (sink) => new ExportQueue(sink, { clock, log, limit: queueLimit }),
  );
  let budget: TraceBudget | undefined;
  let unsampled = 0;
  const mayBegin = (): boolean => {
    const spent = spend(budget, tracesPerSecond, clock.monotonic());
    budget = spent.budget;
    if (!spent.begins) unsampled += 1;
    return spent.begins;
  };
  const ended = (span: SpanRecord): void => {
    for (const queue of queues) queue.add(span);
  };
  const tracer =
    queues.length === 0
      ? unrecordedTracer(random)
      : new RecordTracer({ service, node, time: new FineTime(clock), random, mayBegin, ended });
  return {
    tracer,
    flush: async () => {
      await Promise.all(queues.map((queue) => queue.flush()));
    },
    shutdown: async () => {
      await Promise.all(queues.map((queue) => queue.shutdown()));
    },
    dropped: () => queues.reduce((sum, { lost }) => sum + lost, 0),
    unsampled: () => unsampled,
  };
}

function sinksOf(options: TelemetryOptions): readonly Sink[] {
  const { otlpEndpoint, store, clock, version } = options;
  const instrumentationScope = { name: "troupe", ...(version === undefined ? {} : { version }) };
  const origin = { resource: resourceOf(options), instrumentationScope };
  return [
    ...(otlpEndpoint === undefined ? [] : [otlpSink(otlpEndpoint, origin)]),
    ...(store === undefined ? [] : [storeSink({ clock, store })]),
  ];
}
