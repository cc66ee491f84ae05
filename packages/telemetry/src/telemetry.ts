import { AlwaysOnSampler, TracerProvider } from "@opentelemetry/sdk-trace";
import type { Clock, Log, Random, Tracer } from "@troupe/actor";
import { InvalidTelemetryOptionError } from "./errors.ts";
import { ExportQueue } from "./export/export-queue.ts";
import { otlpSink } from "./export/otlp-sink.ts";
import type { Sink } from "./export/sink.ts";
import { type StoreSpans, storeSink } from "./export/store-sink.ts";
import { type ResourceOptions, resourceOf } from "./resource.ts";
import { ChosenIds } from "./spans/chosen-ids.ts";
import { FineTime } from "./spans/fine-time.ts";
import { SdkTracer } from "./spans/sdk-tracer.ts";
import { unrecordedTracer } from "./spans/unrecorded-tracer.ts";

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
   * Share of new traces that are recorded, 0 to 1; default 1. Spans with a parent or an identity
   * follow its `sampled`.
   */
  readonly sampleRatio?: number;
  /** Ended spans that may wait for each sink; beyond it new ones are dropped. Default 8192. */
  readonly queueLimit?: number;
}

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
}

/** Characters kept of an attribute's value. */
const attributeValueLimit = 4096;

/**
 * The tracer port on the OpenTelemetry SDK. Spans go to an OTLP receiver, to a store, to both or, with
 * neither given, nowhere: contexts are then carried along and nothing is recorded. What is not
 * sampled makes no SDK span at all.
 *
 * No failure of a sink reaches the traced code: deliveries are tried a few times, what is given up is
 * counted by `dropped()` and logged at most once in 10 s for each sink.
 *
 * @throws InvalidTelemetryOptionError when an option cannot work
 */
export function createTelemetry(options: TelemetryOptions): Telemetry {
  const { version, clock, random, log } = options;
  const { sampleRatio = 1, queueLimit = 8192 } = options;
  if (!(sampleRatio >= 0 && sampleRatio <= 1)) {
    throw new InvalidTelemetryOptionError("sampleRatio", sampleRatio, "a number from 0 to 1");
  }
  if (!Number.isInteger(queueLimit) || queueLimit < 1) {
    throw new InvalidTelemetryOptionError("queueLimit", queueLimit, "a whole number above 0");
  }
  const queues = sinksOf(options).map(
    (sink) => new ExportQueue(sink, { clock, log, limit: queueLimit }),
  );
  const ids = new ChosenIds(random);
  const provider = new TracerProvider({
    sampler: new AlwaysOnSampler(),
    idGenerator: ids,
    spanProcessors: queues,
    spanLimits: { attributeValueLengthLimit: attributeValueLimit },
    resource: resourceOf(options),
  });
  const sdk = provider.getTracer("troupe", version);
  const tracer =
    queues.length === 0
      ? unrecordedTracer(random)
      : new SdkTracer({ sdk, ids, time: new FineTime(clock), random, sampleRatio });
  return {
    tracer,
    flush: async () => {
      await Promise.all(queues.map((queue) => queue.forceFlush()));
    },
    shutdown: async () => {
      await Promise.all(queues.map((queue) => queue.shutdown()));
    },
    dropped: () => queues.reduce((sum, { lost }) => sum + lost, 0),
  };
}

function sinksOf({ otlpEndpoint, store, ...options }: TelemetryOptions): readonly Sink[] {
  return [
    ...(otlpEndpoint === undefined ? [] : [otlpSink(otlpEndpoint)]),
    ...(store === undefined ? [] : [storeSink({ ...options, store })]),
  ];
}
