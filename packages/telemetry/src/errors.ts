import { TroupeError } from "@troupe/actor";

/** An option of {@link createTelemetry} with a value that cannot work. */
export class InvalidTelemetryOptionError extends TroupeError {
  readonly code = "invalid-telemetry-option";
  readonly retryable = false;
  readonly option: string;
  constructor(option: string, value: unknown, wanted: string, options?: ErrorOptions) {
    super(`telemetry option '${option}' is ${JSON.stringify(value)}: give ${wanted}`, options);
    this.option = option;
  }
}

/** Stored bytes that are not a batch of spans. */
export class UnreadableSpansError extends TroupeError {
  readonly code = "unreadable-spans";
  readonly retryable = false;
  readonly bytes: number;
  constructor(bytes: number, detail: string, options?: ErrorOptions) {
    super(
      `a batch of spans of ${bytes} bytes cannot be read (${detail}): it was written by another version or is damaged; remove it from the store or read it with the version that wrote it`,
      options,
    );
    this.bytes = bytes;
  }
}

/** A store that took longer than it may. */
export class StoreTimeoutError extends TroupeError {
  readonly code = "store-timeout";
  readonly retryable = true;
  readonly withinMs: number;
  constructor(traceId: string, spans: number, withinMs: number) {
    super(
      `storing ${spans} spans of trace ${traceId} took longer than ${withinMs} ms: check the store behind telemetry`,
    );
    this.withinMs = withinMs;
  }
}

/** Spans that had not left when telemetry was shut down. */
export class ShutdownTimeoutError extends TroupeError {
  readonly code = "telemetry-shutdown-timeout";
  readonly retryable = false;
  constructor(sink: string, withinMs: number) {
    super(
      `${sink} did not take the last spans within ${withinMs} ms of the shutdown: check that it can be reached`,
    );
  }
}

/** Spans that were still to be sent when their sink was closed. */
export class SinkClosedError extends TroupeError {
  readonly code = "telemetry-sink-closed";
  readonly retryable = false;
  constructor(sink: string) {
    super(
      `the ${sink} was closed before these spans were sent: flush telemetry before shutting it down`,
    );
  }
}

/** A file of alert rules and handlers that cannot be used. */
export class InvalidAlertingError extends TroupeError {
  readonly code = "invalid-alerting";
  readonly retryable = false;
  readonly file: string;
  readonly issues: ReadonlyArray<{ readonly path: string; readonly message: string }>;
  constructor(file: string, issues: InvalidAlertingError["issues"]) {
    const said = issues.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    super(`the alert rules in ${file} cannot be used: ${said.join("; ")}; see docs/telemetry.md`);
    this.file = file;
    this.issues = issues;
  }
}

/** A handler of alerts was answered with a refusal, or not at all. */
export class NotDeliveredError extends TroupeError {
  readonly code = "alert-not-delivered";
  readonly retryable: boolean;
  readonly handler: string;
  constructor(handler: string, detail: string, retryable: boolean, options?: ErrorOptions) {
    super(`the handler '${handler}' could not tell an alert: ${detail}`, options);
    this.handler = handler;
    this.retryable = retryable;
  }
}

/** The address for metrics and health cannot be listened on. */
export class ListenError extends TroupeError {
  readonly code = "listen-failed";
  readonly retryable = true;
  constructor(host: string, port: number, detail: string, options?: ErrorOptions) {
    super(
      `metrics cannot be served on ${host}:${port}: ${detail}; give another TROUPE_METRICS_PORT, or 0 for any that is free`,
      options,
    );
  }
}
