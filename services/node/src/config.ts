import { hostname } from "node:os";
import { delimiter, resolve } from "node:path";
import { z } from "zod";

/**
 * Everything a node can be told, by environment variable. Unset ones have the default named here.
 */
export const nodeConfigSchema = z.object({
  /** `NATS_URL`. Default `nats://127.0.0.1:4222`. May hold credentials. */
  natsUrl: z.string().default("nats://127.0.0.1:4222"),
  /** `TROUPE_PREFIX`: first token of every subject. Default `troupe`. */
  prefix: z
    .string()
    .regex(/^[A-Za-z0-9_-]{1,32}$/, "TROUPE_PREFIX must be 1 to 32 letters, digits, '-' or '_'")
    .default("troupe"),
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
  sources: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(delimiter)
        .filter((path) => path !== "")
        .map((path) => resolve(path)),
    ),
  /** `TROUPE_PLUGINS`: modules with further task types, separated as in PATH. Default none. */
  plugins: z
    .string()
    .default("")
    .transform((list) =>
      list
        .split(delimiter)
        .filter((path) => path !== "")
        .map((path) => resolve(path)),
    ),
  /** `TROUPE_CONCURRENCY`: tasks of flows that this node does at the same time. Default 4. */
  concurrency: z.coerce.number().int().min(1).max(1024).default(4),
  /** `OTEL_EXPORTER_OTLP_ENDPOINT`: where spans are sent besides the span stream. Default: nowhere. */
  otlpEndpoint: z.url().optional(),
  /** `TROUPE_MEMORY_MB`: memory for DuckDB on this node. Default 512. */
  memoryMb: z.coerce.number().int().min(64).max(1_048_576).default(512),
  /** `TROUPE_THREADS`: threads for DuckDB on this node. Default 2. */
  threads: z.coerce.number().int().min(1).max(1024).default(2),
  /** `TROUPE_LEASE_MS`: how long a silent node keeps a goal before another takes it. Default 15000. */
  leaseMs: z.coerce.number().int().min(2000).max(600_000).default(15_000),
  /** `TROUPE_SUSPECT_MS`: how long a node may be silent before it counts as lost. Default 8000. */
  suspectMs: z.coerce.number().int().min(1000).max(600_000).default(8000),
  /** `TROUPE_LOG`: least level written to stderr. Default `info`. */
  logLevel: z.enum(["debug", "info", "warn", "error"]).default("info"),
});
export type NodeConfig = z.output<typeof nodeConfigSchema>;

/**
 * Reads a node's configuration.
 *
 * @throws z.ZodError naming each variable that is wrong
 */
export function readNodeConfig(
  environment: Readonly<Record<string, string | undefined>>,
): NodeConfig {
  const entries = {
    natsUrl: environment["NATS_URL"],
    prefix: environment["TROUPE_PREFIX"],
    node: environment["TROUPE_NODE"],
    dataDirectory: environment["TROUPE_DATA"],
    sources: environment["TROUPE_SOURCES"],
    plugins: environment["TROUPE_PLUGINS"],
    concurrency: environment["TROUPE_CONCURRENCY"],
    otlpEndpoint: environment["OTEL_EXPORTER_OTLP_ENDPOINT"],
    memoryMb: environment["TROUPE_MEMORY_MB"],
    threads: environment["TROUPE_THREADS"],
    leaseMs: environment["TROUPE_LEASE_MS"],
    suspectMs: environment["TROUPE_SUSPECT_MS"],
    logLevel: environment["TROUPE_LOG"],
  };
  const given = Object.entries(entries).filter(([, value]) => value !== undefined && value !== "");
  return nodeConfigSchema.parse(Object.fromEntries(given));
}
