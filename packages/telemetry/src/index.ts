export type { Alert, AlertChange, Notice } from "./alerts/alert-book.ts";
export { type Alerting, defaultAlerting, readAlerting } from "./alerts/alerting-file.ts";
export { defaultRules } from "./alerts/default-rules.ts";
export { type AlertHandler, handlerOf } from "./alerts/handlers/handler.ts";
export {
  type AlertOrder,
  type AlertOrdered,
  alertOrderedSchema,
  alertOrderSchema,
  type Silence,
} from "./alerts/orders.ts";
export { prometheusRules } from "./alerts/prometheus-rules.ts";
export { type AlertRule, alertRuleSchema } from "./alerts/rule.ts";
export { type ConsoleLogOptions, consoleLog } from "./console-log.ts";
export { type CriticalPath, criticalPath, type Section } from "./critical-path.ts";
export { InvalidAlertingError, ListenError, NotDeliveredError } from "./errors.ts";
export type { Health, HealthReading } from "./health/assess.ts";
export { type RecoveryAction, type RecoveryLimits, recoverySchema } from "./health/recovery.ts";
export { startTelemetryServer, type TelemetryServer } from "./health/telemetry-server.ts";
export { measuredJournal } from "./metrics/measured-journal.ts";
export { createMetrics, type Metrics, type MetricsOptions } from "./metrics/metrics.ts";
export { type ProcessLimits, ProcessMeter, type ProcessUsage } from "./metrics/process-usage.ts";
export type { Sample } from "./metrics/sample.ts";
export { measureSystem } from "./metrics/system-metrics.ts";
export {
  type Participation,
  participation,
  type SelfTime,
  selfTimes,
} from "./participation.ts";
export { type RenderOptions, renderTrace } from "./render-trace.ts";
export { performanceReport, type Recommendation } from "./reports/performance-report.ts";
export { renderReport } from "./reports/render-report.ts";
export { type Report, type ReportFormat, reportFormats } from "./reports/report.ts";
export { statusReport } from "./reports/status-report.ts";
export {
  decodeSpans,
  encodeSpans,
  type ReadSpans,
  readSpans,
  type SpanRecord,
  spanRecordSchema,
} from "./spans/span-record.ts";
export {
  Incidents,
  type NodeIncidents,
  type NodeOperation,
  nodeIncidentsSchema,
  nodeOperationSchema,
  operate,
  operatedSchema,
} from "./status/incidents.ts";
export {
  type ActorStatus,
  type NodeStatus,
  nodeStatusSchema,
} from "./status/node-status.ts";
export { type NodeObservation, type ObservedNode, observeNode } from "./status/observe-node.ts";
export type { Indicator } from "./status/performance.ts";
export { createTelemetry, type Telemetry, type TelemetryOptions } from "./telemetry.ts";
export { type TraceNode, type TraceTree, traceTree } from "./trace-tree.ts";
