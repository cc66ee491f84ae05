import { DataPointType, type MetricData, type ResourceMetrics } from "@opentelemetry/sdk-metrics";
import { prometheusName } from "./prometheus-page.ts";

/** How often values up to a bound were measured: cumulative, ascending; the last bound is Infinity. */
export interface Bucket {
  readonly upTo: number;
  readonly count: number;
}

/** One series of a metric as it stands at one moment. */
export interface Sample {
  /** Its name in Prometheus, without the endings of a histogram's parts. */
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  /** Milliseconds since the epoch. */
  readonly at: number;
  /** Of a histogram: how many values were measured. */
  readonly value: number;
  /** Whether it only grows while its process lives. */
  readonly growing: boolean;
  readonly histogram?: { readonly sum: number; readonly buckets: readonly Bucket[] };
}

/** Every series, by the names and labels that Prometheus would see. */
export function samplesOf(metrics: ResourceMetrics, at: number): readonly Sample[] {
  return metrics.scopeMetrics.flatMap(({ metrics: own }) =>
    own.flatMap((metric) => seriesOf(metric, at)),
  );
}

function seriesOf(metric: MetricData, at: number): readonly Sample[] {
  const name = prometheusName(metric);
  switch (metric.dataPointType) {
    case DataPointType.SUM:
    case DataPointType.GAUGE: {
      const growing = metric.dataPointType === DataPointType.SUM && metric.isMonotonic;
      return metric.dataPoints.map(({ value, attributes }) => ({
        metric: name,
        labels: labelsOf(attributes),
        at,
        value,
        growing,
      }));
    }
    case DataPointType.HISTOGRAM:
      return metric.dataPoints.map(({ value, attributes }) => ({
        metric: name,
        labels: labelsOf(attributes),
        at,
        value: value.count,
        growing: true,
        histogram: { sum: value.sum ?? 0, buckets: cumulative(value.buckets) },
      }));
    default:
      return [];
  }
}

function cumulative(buckets: {
  readonly boundaries: readonly number[];
  readonly counts: readonly number[];
}): readonly Bucket[] {
  let count = 0;
  return buckets.counts.map((own, index) => {
    count += own;
    return { upTo: buckets.boundaries[index] ?? Number.POSITIVE_INFINITY, count };
  });
}

function labelsOf(attributes: Readonly<Record<string, unknown>>): Readonly<Record<string, string>> {
  const labels: Record<string, string> = {};
  for (const [name, value] of Object.entries(attributes)) {
    labels[name.replaceAll(/[^A-Za-z0-9_]/g, "_")] =
      typeof value === "string" ? value : JSON.stringify(value);
  }
  return labels;
}
