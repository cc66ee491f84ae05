/** Where a piece of work belongs in a distributed trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  /** Whether its spans are recorded; all of a trace follow where it began. */
  readonly sampled: boolean;
  /** The `tracestate` header, carried along unread. */
  readonly state?: string;
}

/** What a span may say of itself under one name. */
export type AttributeValue = string | number | boolean | readonly string[];
/** What a span says of itself, by name (OpenTelemetry's semantic conventions where there is one). */
export type Attributes = Readonly<Record<string, AttributeValue>>;
/** What a span is to others, as OpenTelemetry tells kinds apart. */
export type SpanKind = "internal" | "producer" | "consumer" | "client" | "server";

/** Where a span belongs, and what is known of it when it begins. */
export interface SpanOptions {
  /** Default `internal`. */
  readonly kind?: SpanKind;
  /** The span this one is part of. Without it a new trace begins. */
  readonly parent?: TraceContext;
  /** Spans of other traces that it has to do with. Default: none. */
  readonly links?: readonly TraceContext[];
  /** Known from the beginning; `set` adds more. Default: none. */
  readonly attributes?: Attributes;
  /** When the work began, milliseconds since the epoch; default: now. */
  readonly startedAt?: number;
  /**
   * Emits the span under this very identity instead of a fresh one: for work that began in one
   * process and is finished, and so reported, by another.
   */
  readonly identity?: TraceContext;
}

/** One step of work. End it exactly once; what comes after is ignored. */
export interface Span {
  readonly context: TraceContext;
  /** False when nobody records it: skip costly attributes. */
  readonly recording: boolean;
  set(attributes: Attributes): void;
  event(name: string, attributes?: Attributes): void;
  /** Marks the span as failed. Does not end it. */
  fail(error: unknown): void;
  end(): void;
}

/** What begins a trace, or a publisher's part of one. */
export interface Root {
  /** The span that asked for the work, in the trace that the work is to belong to. Default: a new trace begins. */
  readonly publisher?: TraceContext;
  /** Whether it is to be recorded in any case. Default false. */
  readonly always?: boolean;
}

/** The door to tracing. It never throws, and never fails what it traces. */
export interface Tracer {
  /**
   * An identity for the span of a whole piece of work, to be started with later, when the work is over.
   * Decides whether the work is recorded, for everybody who takes part: a publisher's trace goes on as the
   * publisher says; of new ones the tracer may leave some out.
   */
  root(root?: Root): TraceContext;
  start(name: string, options?: SpanOptions): Span;
}
