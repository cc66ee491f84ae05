import { type ExportResult, ExportResultCode } from "@opentelemetry/core";
import { OTLPMetricExporter } from "@opentelemetry/exporter-metrics-otlp-http";
import type {
  AggregationTemporality,
  InstrumentType,
  PushMetricExporter,
  ResourceMetrics,
} from "@opentelemetry/sdk-metrics";
import type { Log } from "@troupe/actor";
import { otlpAddress } from "../export/otlp-address.ts";
import { temporalityOf } from "./temporality.ts";

/** How long one export may take, tries and pauses included, milliseconds. */
const sendWithinMs = 10_000;

/**
 * OTLP over HTTP (JSON), to `/v1/metrics` below a base address. Says once when exports begin to fail, and
 * once when they work again.
 *
 * @throws InvalidTelemetryOptionError when `endpoint` is not an http or https address
 */
export function otlpMetricExporter(endpoint: string, log: Log): PushMetricExporter {
  const url = otlpAddress(endpoint, "metrics");
  return new ToldExporter(url, log);
}

class ToldExporter extends OTLPMetricExporter {
  readonly #url: string;
  readonly #log: Log;
  #fails = false;

  constructor(url: string, log: Log) {
    super({ url, timeoutMillis: sendWithinMs });
    this.#url = url;
    this.#log = log;
  }

  override selectAggregationTemporality(instrument: InstrumentType): AggregationTemporality {
    return temporalityOf(instrument);
  }

  override export(metrics: ResourceMetrics, done: (result: ExportResult) => void): void {
    super.export(metrics, (result) => {
      this.#tell(result);
      done(result);
    });
  }

  #tell({ code, error }: ExportResult): void {
    const fails = code !== ExportResultCode.SUCCESS;
    if (fails && !this.#fails) {
      const fields = { url: this.#url, ...(error === undefined ? {} : { error }) };
      this.#log("warn", "metrics do not reach the OTLP receiver; trying again", fields);
    } else if (!fails && this.#fails) {
      this.#log("info", "metrics reach the OTLP receiver again", { url: this.#url });
    }
    this.#fails = fails;
  }
}
