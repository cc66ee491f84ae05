import type { Random, Root, Span, TraceContext, Tracer } from "@troupe/actor";
import { traceRoot } from "./trace-root.ts";

/** A span that nobody records: it only carries its context. */
export class UnrecordedSpan implements Span {
  readonly context: TraceContext;
  readonly recording = false;
  constructor(context: TraceContext) {
    this.context = context;
  }
  set(): void {}
  event(): void {}
  fail(): void {}
  end(): void {}
}

/**
 * Carries contexts on and records nothing. A span inside a trace has its parent's context, so that
 * what is recorded further on hangs below the last recorded span; a new trace is an unsampled one.
 */
export function unrecordedTracer(random: Random): Tracer {
  const root = (options: Root = {}): TraceContext => traceRoot(random, options, () => false);
  return {
    root,
    start: (_name, { identity, parent } = {}) => new UnrecordedSpan(identity ?? parent ?? root()),
  };
}
