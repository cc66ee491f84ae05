/** Where a piece of work belongs in a distributed trace (W3C Trace Context). */
export interface TraceContext {
  /** 32 lower-case hexadecimal digits. */
  readonly traceId: string;
  /** 16 lower-case hexadecimal digits. */
  readonly spanId: string;
  readonly sampled: boolean;
  /** The `tracestate` header, carried along unread. */
  readonly state?: string;
}

export type AttributeValue = string | number | boolean | readonly string[];
export type Attributes = Readonly<Record<string, AttributeValue>>;
export type SpanKind = "internal" | "producer" | "consumer" | "client" | "server";

export interface SpanOptions {
  readonly kind?: SpanKind;
  /** The span this one is part of. Without it a new trace begins. */
  readonly parent?: TraceContext;
  readonly links?: readonly TraceContext[];
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

export interface Tracer {
  start(name: string, options?: SpanOptions): Span;
}
