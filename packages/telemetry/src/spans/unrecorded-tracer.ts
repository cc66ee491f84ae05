import {
  newTraceContext,
  type Random,
  type Root,
  type Span,
  type SpanOptions,
  type TraceContext,
  type Tracer,
} from "@troupe/actor";

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
  return {
    root: ({ publisher, always = false }: Root = {}) => ({
      ...newTraceContext(random, publisher),
      sampled: always || publisher?.sampled === true,
    }),
    start: (_name, { identity, parent }: SpanOptions = {}) =>
      new UnrecordedSpan(identity ?? parent ?? { ...newTraceContext(random), sampled: false }),
  };
}
