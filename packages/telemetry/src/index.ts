export { type ConsoleLogOptions, consoleLog } from "./console-log.ts";
export { type CriticalPath, criticalPath, type Section } from "./critical-path.ts";
export { type RenderOptions, renderTrace } from "./render-trace.ts";
export {
  decodeSpans,
  encodeSpans,
  type SpanRecord,
  spanRecordSchema,
} from "./spans/span-record.ts";
export { createTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry.ts";
export { type TraceNode, type TraceTree, traceTree } from "./trace-tree.ts";
