import { MetricReader } from "@opentelemetry/sdk-metrics";
import { temporalityOf } from "./temporality.ts";

/** Reads the metrics when it is asked to, and keeps nothing. */
export class PullReader extends MetricReader {
  /** @param limit attribute sets kept apart per instrument */
  constructor(limit: number) {
    super({ cardinalitySelector: () => limit, aggregationTemporalitySelector: temporalityOf });
  }

  protected async onForceFlush(): Promise<void> {}
  protected async onShutdown(): Promise<void> {}
}
