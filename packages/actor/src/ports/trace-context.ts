import type { Random } from "./random.ts";
import type { TraceContext, Tracer } from "./tracer.ts";

const traceparentPattern = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/;

/** The `traceparent` header of a context, version 00 (W3C Trace Context, section 3.2). */
export function formatTraceparent(context: TraceContext): string {
  return `00-${context.traceId}-${context.spanId}-${context.sampled ? "01" : "00"}`;
}

/**
 * Reads a `traceparent` header. Unknown later versions are read as version 00, as the
 * specification asks; anything malformed gives `undefined`, which starts a new trace.
 */
export function parseTraceparent(
  header: string | undefined,
  state?: string,
): TraceContext | undefined {
  const match = header === undefined ? null : traceparentPattern.exec(header.trim());
  if (match === null) return undefined;
  const [, version, traceId, spanId, flags, rest] = match;
  if (traceId === undefined || spanId === undefined || flags === undefined) return undefined;
  if (version === "ff" || (version === "00" && rest !== undefined)) return undefined;
  if (/^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const sampled = (Number.parseInt(flags, 16) & 1) === 1;
  return { traceId, spanId, sampled, ...(state === undefined ? {} : { state }) };
}

/** A fresh span identity inside `parent`'s trace, or at the start of a new, sampled trace. */
export function newTraceContext(random: Random, parent?: TraceContext): TraceContext {
  return {
    traceId: parent?.traceId ?? random.hex(16),
    spanId: random.hex(8),
    sampled: parent?.sampled ?? true,
  };
}

const noContext: TraceContext = {
  traceId: "0".repeat(32),
  spanId: "0".repeat(16),
  sampled: false,
};

/** Records nothing; children keep their parent's context so that a trace survives an untraced hop. */
export const noTracer: Tracer = {
  root: ({ publisher } = {}) => publisher ?? noContext,
  start: (_name, options) => ({
    context: options?.identity ?? options?.parent ?? noContext,
    recording: false,
    set: () => {},
    event: () => {},
    fail: () => {},
    end: () => {},
  }),
};
