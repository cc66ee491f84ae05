import { hostname } from "node:os";
import { delimiter, resolve } from "node:path";
import { inspectionRuleSchema } from "@troupe/data";
import { readServiceSettings, serviceSettings } from "@troupe/nats";
import { z } from "zod";

const amountPattern = /^([A-Za-z0-9][A-Za-z0-9._:/@-]{0,127})=([1-9][0-9]{0,14})$/;
/** Names of what is measured, and not to be told. */
const measured: readonly string[] = ["cpu", "memory"];

/** Amounts by name, as `gpu=1,tape=2`. */
function amountsIn(variable: string) {
  return z
    .string()
    .default("")
    .transform((list, context): Readonly<Record<string, number>> => {
      const amounts: Record<string, number> = {};
      for (const item of list.split(",").map((part) => part.trim())) {
        if (item === "") continue;
        const [, name = "", amount] = amountPattern.exec(item) ?? [];
        const refuse = (message: string) =>
          context.addIssue({ code: "custom", message: `${variable}: ${message}` });
        if (name === "") {
          refuse(`'${item}' must be a name, '=' and a whole number from 1, for example gpu=1`);
        } else if (measured.includes(name)) {
          refuse(`'${name}' is measured on each node: leave it out`);
        } else if (Object.hasOwn(amounts, name)) refuse(`'${name}' is there twice: leave one out`);
        else amounts[name] = Number(amount);
      }
      return amounts;
    });
}

/** Absolute paths, separated as in PATH. Default none. */
const pathList = z
  .string()
  .default("")
  .transform((list) =>
    list
      .split(delimiter)
      .filter((path) => path !== "")
      .map((path) => resolve(path)),
  );

const settings = z.object({
  ...serviceSettings,
  /** `TROUPE_NODE`: unique name of this node. Default: host name and process id. */
  node: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,64}$/, "TROUPE_NODE must be 1 to 64 letters, digits, '-' or '_'")
    .default(`${hostname().replaceAll(/[^A-Za-z0-9_-]/g, "-")}-${process.pid}`),
  /** `TROUPE_DATA`: work files and datasets; must be shared by all nodes. Default `.troupe`. */
  dataDirectory: z
    .string()
    .default(".troupe")
    .transform((path) => resolve(path)),
  /** `TROUPE_SOURCES`: directories that goals may read, separated as in PATH. Default: none but the data folder. */
  sources: pathList,
  /** `TROUPE_PLUGINS`: modules with further task types, separated as in PATH. Default none. */
  plugins: pathList,
  /** `TROUPE_CONCURRENCY`: tasks of flows that this node does at the same time. Default 4. */
  concurrency: z.coerce.number().int().min(1).max(1024).default(4),
  /** `TROUPE_RULES_OFF`: rules of the inspection that this node does not look for, separated by commas. Default none. */
  rulesOff: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== ""),
    )
    .pipe(z.array(inspectionRuleSchema)),
  /** `TROUPE_RESOURCES`: units that this node has besides cpu and memory, as `gpu=1,tape=2`. Default none. */
  resources: amountsIn("TROUPE_RESOURCES"),
  /** `TROUPE_UNITS`: units of which the cluster has so many, as `licence=2`; the same on all nodes. Default none. */
  units: amountsIn("TROUPE_UNITS"),
  /** `TROUPE_RETENTION_DAYS`: how long the history of a goal is kept after its end; 0: for ever. Default 30. */
  retentionDays: z.coerce.number().min(0).max(36_500).default(30),
  /** `TROUPE_ARCHIVE_EVERY`: appends of a goal after which its old records move to segments. Default 500. */
  archiveEvery: z.coerce.number().int().min(1).max(100_000).default(500),
  /** `TROUPE_KEEP_WORK`: 1 keeps the intermediate files of goals that have ended. Default 0. */
  keepWork: z
    .enum(["0", "1"], "TROUPE_KEEP_WORK must be 0 or 1")
    .default("0")
    .transform((value) => value === "1"),
  /**
   * `TROUPE_LIARS`: for demonstrations and tests, analysts of this node that lie, separated by commas, as `analyst-sample`.
   * Default none.
   */
  liars: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(",")
        .map((name) => name.trim())
        .filter((name) => name !== ""),
    ),
  /**
   * `TROUPE_TRACES_PER_SECOND`: goals that this node begins to trace a second, with ten seconds' worth at once; 0:
   * none but those that ask for it. Default 20.
   */
  tracesPerSecond: z.coerce.number().min(0).max(1_000_000).default(20),
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: where metrics are sent, and spans besides the span stream. Default: nowhere. */
  otlpEndpoint: z.url().optional(),
  /** `OTEL_METRICS_EXPORTER`: `none` keeps metrics from that receiver, for one that takes spans only. Default `otlp`. */
  metricsExporter: z.enum(["otlp", "none"]).default("otlp"),
  /** `OTEL_METRIC_EXPORT_INTERVAL`: time between two exports of metrics, milliseconds. Default 60000. */
  metricsExportMs: z.coerce.number().int().min(1000).max(3_600_000).default(60_000),
  /** `TROUPE_METRICS_PORT`: port of `/metrics`, `/healthz` and `/readyz`; 0: any that is free. Default: none are served. */
  metricsPort: z.coerce.number().int().min(0).max(65_535).optional(),
  /** `TROUPE_METRICS_HOST`: address they are served on. Default `127.0.0.1`: this machine only. */
  metricsHost: z.string().min(1).default("127.0.0.1"),
  /** `TROUPE_ALERTS`: YAML or JSON file with alert rules and handlers. Default: the default rules, to log and NATS. */
  alerts: z
    .string()
    .transform((path) => resolve(path))
    .optional(),
  /** `TROUPE_HEALTH_MS`: time between two readings of the node's health. Default 10000. */
  healthMs: z.coerce.number().int().min(1000).max(600_000).default(10_000),
  /** `TROUPE_STUCK_MS`: how long one message may hold a mailbox in which others wait before its actor is restarted. Default 600000. */
  stuckMs: z.coerce.number().int().min(1000).max(86_400_000).default(600_000),
  /** `TROUPE_MEMORY_MB`: memory for DuckDB on this node. Default 512. */
  memoryMb: z.coerce.number().int().min(64).max(1_048_576).default(512),
  /** `TROUPE_SPILL`: directory for what does not fit in that memory, best on a disk of the node's own. Default: in `TROUPE_DATA`. */
  spillDirectory: z
    .string()
    .transform((path) => resolve(path))
    .optional(),
  /** `TROUPE_SPILL_MB`: disk that queries beyond that memory may use. Default 10240. */
  spillMb: z.coerce.number().int().min(0).max(1_073_741_824).default(10_240),
  /** `TROUPE_THREADS`: threads for DuckDB on this node. Default 2. */
  threads: z.coerce.number().int().min(1).max(1024).default(2),
  /** `TROUPE_LEASE_MS`: how long a silent node keeps a goal before another takes it. Default 15000. */
  leaseMs: z.coerce.number().int().min(2000).max(600_000).default(15_000),
  /** `TROUPE_SUSPECT_MS`: how long a node may be silent before it counts as lost. Default 8000. */
  suspectMs: z.coerce.number().int().min(1000).max(600_000).default(8000),
  /** `TROUPE_LOG`: least level written to stderr. Default `info`. */
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
});

/**
 * Everything a node can be told, by environment variable. Unset ones have the default named here.
 */
export const nodeConfigSchema = settings.superRefine(({ resources, units }, context) => {
  for (const name of Object.keys(units)) {
    if (!Object.hasOwn(resources, name)) continue;
    const message = `'${name}' is in TROUPE_RESOURCES and in TROUPE_UNITS: a task could not say which it means`;
    context.addIssue({ code: "custom", path: ["units"], message });
  }
});
export type NodeConfig = z.output<typeof nodeConfigSchema>;

/** The environment variable of each setting. */
export const nodeVariables = {
  natsUrl: "NATS_URL",
  prefix: "TROUPE_PREFIX",
  node: "TROUPE_NODE",
  dataDirectory: "TROUPE_DATA",
  sources: "TROUPE_SOURCES",
  plugins: "TROUPE_PLUGINS",
  concurrency: "TROUPE_CONCURRENCY",
  rulesOff: "TROUPE_RULES_OFF",
  resources: "TROUPE_RESOURCES",
  units: "TROUPE_UNITS",
  retentionDays: "TROUPE_RETENTION_DAYS",
  archiveEvery: "TROUPE_ARCHIVE_EVERY",
  keepWork: "TROUPE_KEEP_WORK",
  liars: "TROUPE_LIARS",
  tracesPerSecond: "TROUPE_TRACES_PER_SECOND",
  otlpEndpoint: "OTEL_EXPORTER_OTLP_ENDPOINT",
  metricsExporter: "OTEL_METRICS_EXPORTER",
  metricsExportMs: "OTEL_METRIC_EXPORT_INTERVAL",
  metricsPort: "TROUPE_METRICS_PORT",
  metricsHost: "TROUPE_METRICS_HOST",
  alerts: "TROUPE_ALERTS",
  healthMs: "TROUPE_HEALTH_MS",
  stuckMs: "TROUPE_STUCK_MS",
  memoryMb: "TROUPE_MEMORY_MB",
  spillDirectory: "TROUPE_SPILL",
  spillMb: "TROUPE_SPILL_MB",
  threads: "TROUPE_THREADS",
  leaseMs: "TROUPE_LEASE_MS",
  suspectMs: "TROUPE_SUSPECT_MS",
  logLevel: "TROUPE_LOG",
};

/**
 * Reads a node's configuration.
 *
 * @throws z.ZodError naming each variable that is wrong
 */
export function readNodeConfig(
  environment: Readonly<Record<string, string | undefined>>,
): NodeConfig {
  return readServiceSettings(nodeConfigSchema, nodeVariables, environment);
}
