import { type Journal, type Log, systemClock, systemRandom } from "@troupe/actor";
import { type Connection, natsJournal } from "@troupe/nats";
import {
  createMetrics,
  createTelemetry,
  encodeSpans,
  type Metrics,
  measuredJournal,
  type Telemetry,
} from "@troupe/telemetry";
import type { NodeConfig } from "./config.ts";
import { version } from "./version.ts";

/** What a node tells about itself, and the journal that it measures. */
export interface NodeTelemetry {
  readonly telemetry: Telemetry;
  readonly metrics: Metrics;
  readonly journal: Journal;
  /** The same journal for those who watch, whose reads are not the node's work. */
  readonly unmeasured: Journal;
}

/** Traces and metrics of a node: kept in its journal, and sent to a receiver where the settings name one. */
export function nodeTelemetry(config: NodeConfig, connection: Connection, log: Log): NodeTelemetry {
  const about = { service: "troupe", node: config.node, version, clock: systemClock, log };
  const receiver = config.otlpEndpoint === undefined ? {} : { otlpEndpoint: config.otlpEndpoint };
  const metrics = createMetrics({
    ...about,
    ...(config.metricsExporter === "none" ? {} : receiver),
    exportEveryMs: config.metricsExportMs,
  });
  const unmeasured = natsJournal(connection, { prefix: config.prefix });
  const journal = measuredJournal(unmeasured, metrics.meter, systemClock);
  const telemetry = createTelemetry({
    ...about,
    ...receiver,
    random: systemRandom,
    tracesPerSecond: config.tracesPerSecond,
    store: async (traceId, spans) => {
      await journal.append(`spans.${traceId}`, encodeSpans(spans));
    },
  });
  return { telemetry, metrics, journal, unmeasured };
}
