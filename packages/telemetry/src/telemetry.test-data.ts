import type { Clock, Log, LogLevel, Random } from "@troupe/actor";
import type { StoreSpans } from "./export/store-sink.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import { createTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry.ts";

/** A line that was logged. */
export interface Logged {
  readonly level: LogLevel;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** Telemetry of one node by the given clock that leaves no trace out, unless told otherwise, with what it logs. */
export function observe<C extends Clock>(
  clock: C,
  random: Random,
  over: Partial<TelemetryOptions> = {},
): { readonly telemetry: Telemetry; readonly clock: C; readonly logged: readonly Logged[] } {
  const logged: Logged[] = [];
  const log: Log = (level, message, fields = {}) => void logged.push({ level, message, fields });
  const node = { service: "troupe", node: "node-1" };
  const telemetry = createTelemetry({
    ...node,
    clock,
    random,
    log,
    tracesPerSecond: Number.POSITIVE_INFINITY,
    ...over,
  });
  return { telemetry, clock, logged };
}

/** A store that keeps what it is given. */
export function keeping(): { readonly store: StoreSpans; readonly kept: SpanRecord[] } {
  const kept: SpanRecord[] = [];
  return { kept, store: async (_traceId, spans) => void kept.push(...spans) };
}

/** Ends this many spans, each in a trace of its own. */
export function emit({ tracer }: Telemetry, count: number): void {
  for (let index = 0; index < count; index += 1) tracer.start(`span ${index}`).end();
}
