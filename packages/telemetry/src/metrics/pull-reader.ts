import { type MetricProducer, MetricReader } from "@opentelemetry/sdk-metrics";
import { temporalityOf } from "./temporality.ts";

/** Reads the metrics when it is asked to, and keeps nothing. */
export class PullReader extends MetricReader {
  /**
   * @param limit attribute sets kept apart per instrument
   * @param tallies read besides the SDK's instruments
   */
  constructor(limit: number, tallies: MetricProducer) {
    super({
      cardinalitySelector: () => limit,
      aggregationTemporalitySelector: temporalityOf,
      metricProducers: [tallies],
    });
  }

  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}
