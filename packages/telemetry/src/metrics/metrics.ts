import type { MetricReader, ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { MeterProvider, PeriodicExportingMetricReader } from "@opentelemetry/sdk-metrics";
import type { Clock, Log, Meter } from "@troupe/actor";
import { InvalidTelemetryOptionError } from "../errors.ts";
import { type ResourceOptions, resourceOf } from "../resource.ts";
import { otlpMetricExporter } from "./otlp-metric-exporter.ts";
import { prometheusPage } from "./prometheus-page.ts";
import { PullReader } from "./pull-reader.ts";
import { type Sample, samplesOf } from "./sample.ts";
import { SdkMeter } from "./sdk-meter.ts";
import { Tallies } from "./tallies.ts";

/** Whose metrics they are, and where they are sent. */
export interface MetricsOptions extends ResourceOptions {
  readonly clock: Clock;
  readonly log: Log;
  /**
   * Base address of an OTLP/HTTP receiver, as in OTEL_EXPORTER_OTLP_ENDPOINT; `/v1/metrics` is added.
   * Headers are taken from OTEL_EXPORTER_OTLP_HEADERS. Default: nothing is sent.
   */
  readonly otlpEndpoint?: string;
  /** How often metrics are sent there, milliseconds. Default 60 000, as OpenTelemetry's; at least 1000. */
  readonly exportEveryMs?: number;
}

/** The metrics of a process: counted by its meter, read as a page, and sent. */
export interface Metrics {
  readonly meter: Meter;
  /** Everything as it stands, in Prometheus' text format. */
  page(): Promise<string>;
  /** Everything as it stands, by its name in Prometheus. */
  collect(): Promise<readonly Sample[]>;
  /** Sends what is left within 5 s and stops. Never rejects. */
  shutdown(): Promise<void>;
}

/** Attribute sets kept apart per instrument; what comes later counts together, as the SDK marks it. */
const cardinalityLimit = 1000;
const defaultExportEveryMs = 60_000;
const shutdownWithinMs = 5000;

/**
 * The meter port on the OpenTelemetry SDK. Numbers are kept here, cumulatively; they are read by
 * `page` and `collect`, and sent to an OTLP receiver when there is one. A receiver that is away costs
 * nothing but a line in the log: the next export has everything.
 *
 * @throws InvalidTelemetryOptionError when an option cannot work
 */
export function createMetrics(options: MetricsOptions): Metrics {
  const { clock, log, otlpEndpoint, exportEveryMs = defaultExportEveryMs } = options;
  if (!(Number.isInteger(exportEveryMs) && exportEveryMs >= 1000)) {
    const allowed = "a whole number of milliseconds from 1000";
    throw new InvalidTelemetryOptionError("exportEveryMs", exportEveryMs, allowed);
  }
  const resource = resourceOf(options);
  const tallies = new Tallies({ resource, clock, limit: cardinalityLimit });
  const reader = new PullReader(cardinalityLimit, tallies);
  const readers: MetricReader[] = [reader];
  if (otlpEndpoint !== undefined) {
    readers.push(
      new PeriodicExportingMetricReader({
        exporter: otlpMetricExporter(otlpEndpoint, log),
        exportIntervalMillis: exportEveryMs,
        exportTimeoutMillis: Math.min(exportEveryMs, 10_000),
        cardinalityLimits: { default: cardinalityLimit },
        metricProducers: [tallies],
      }),
    );
  }
  const provider = new MeterProvider({ resource, readers });
  const collected = async (): Promise<ResourceMetrics> => {
    const { resourceMetrics, errors } = await reader.collect();
    for (const error of errors) log("warn", "a metric could not be read", { error });
    return resourceMetrics;
  };
  return {
    meter: new SdkMeter(provider.getMeter("troupe"), tallies, log),
    page: async () => prometheusPage(await collected()),
    collect: async () => samplesOf(await collected(), clock.now()),
    shutdown: () =>
      provider
        .shutdown({ timeoutMillis: shutdownWithinMs })
        .catch((error: unknown) => log("warn", "the last metrics were not sent", { error })),
  };
}
