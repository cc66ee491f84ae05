import { AggregationTemporality, InstrumentType } from "@opentelemetry/sdk-metrics";

/**
 * Whether an instrument is read as it stands or as it has changed. Cumulatively the SDK would tell the last value of each
 * attribute set that a gauge ever had, also of what is long gone: a goal that has ended, an actor that has stopped. What
 * changes in a gauge is the value itself, so that read by changes only what is there is told.
 */
export function temporalityOf(instrument: InstrumentType): AggregationTemporality {
  return instrument === InstrumentType.OBSERVABLE_GAUGE
    ? AggregationTemporality.DELTA
    : AggregationTemporality.CUMULATIVE;
}
