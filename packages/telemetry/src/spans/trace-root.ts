import { newTraceContext, type Random, type Root, type TraceContext } from "@troupe/actor";

/**
 * The context that a trace begins with, inside the publisher's trace when it has one. Sampled when it is
 * `always` to be, else as the publisher's trace is, else when one more trace may begin.
 */
export function traceRoot(
  random: Random,
  { publisher, always = false }: Root,
  mayBegin: () => boolean,
): TraceContext {
  const sampled = always || (publisher?.sampled ?? mayBegin());
  return { ...newTraceContext(random, publisher), sampled };
}
