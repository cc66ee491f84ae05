import { PrometheusSerializer } from "@opentelemetry/exporter-prometheus";
import { DataPointType, type MetricData, type ResourceMetrics } from "@opentelemetry/sdk-metrics";

/** Units as Prometheus spells them in names. Those in braces only explain and are left out. */
const unitWords: Readonly<Record<string, string>> = { s: "seconds", By: "bytes" };

/**
 * The name under which Prometheus knows a metric: as OpenTelemetry's compatibility specification says,
 * with the unit behind it, `_ratio` for shares and `_total` for what only grows.
 */
export function prometheusName(metric: MetricData): string {
  const { unit } = metric.descriptor;
  const name = metric.descriptor.name.replaceAll(/[^A-Za-z0-9_]/g, "_");
  const word =
    unit === "1" && metric.dataPointType === DataPointType.GAUGE ? "ratio" : unitWords[unit];
  const full = word === undefined || name.endsWith(`_${word}`) ? name : `${name}_${word}`;
  const grows = metric.dataPointType === DataPointType.SUM && metric.isMonotonic;
  return grows && !full.endsWith("_total") ? `${full}_total` : full;
}

/** Everything in Prometheus' text format, version 0.0.4. */
export function prometheusPage(metrics: ResourceMetrics): string {
  const serializer = new PrometheusSerializer(undefined, false, undefined, false, true);
  return serializer.serialize({
    ...metrics,
    scopeMetrics: metrics.scopeMetrics.map(({ scope, metrics: own }) => ({
      scope,
      metrics: own
        .filter(({ dataPoints }) => dataPoints.length > 0)
        .map((metric) => ({
          ...metric,
          // The unit is in the name; as a line of its own it belongs to OpenMetrics.
          descriptor: { ...metric.descriptor, name: prometheusName(metric), unit: "" },
        })),
    })),
  });
}
