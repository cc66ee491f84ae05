import { type Clock, type Journal, parseTraceparent } from "@troupe/actor";
import type { GoalView } from "@troupe/goals";
import {
  type CriticalPath,
  criticalPath,
  decodeSpans,
  type SpanRecord,
  traceTree,
} from "@troupe/telemetry";
import { pause } from "./waiting.ts";

/** How often spans are looked for again while they are on their way. */
const lookAgainMs = 250;

/** The identity of a goal's trace and of its root span. */
export function traceOf({ trace }: Pick<GoalView, "trace">): {
  readonly traceId: string;
  readonly spanId: string;
} {
  return parseTraceparent(trace) ?? { traceId: "", spanId: "" };
}

/** The spans stored for a goal, as they were reported. */
export async function spansOf(
  journal: Journal,
  view: Pick<GoalView, "trace">,
): Promise<readonly SpanRecord[]> {
  const { traceId } = traceOf(view);
  if (traceId === "") return [];
  const batches = await journal.read(`spans.${traceId}`);
  return batches.flatMap(({ payload }) => [...decodeSpans(payload)]);
}

/**
 * What decided how long the work of these spans took. A message is often still being worked on when
 * the step that sent it is long over; such a span counts for the nearest step before it that was
 * still waiting, so that the time is told by what was done in it.
 */
export function causalPath(spans: readonly SpanRecord[]): CriticalPath {
  const byId = new Map(spans.map((span) => [span.spanId, span]));
  const parentOf = ({ parentSpanId = "" }: SpanRecord): SpanRecord | undefined =>
    byId.get(parentSpanId);
  const counted = spans.map((span) => {
    let parent = parentOf(span);
    const passed = new Set<SpanRecord>();
    while (parent !== undefined && parent.endMs < span.endMs && !passed.has(parent)) {
      passed.add(parent);
      parent = parentOf(parent) ?? parent;
    }
    return parent === undefined ? span : { ...span, parentSpanId: parent.spanId };
  });
  return criticalPath(traceTree(counted));
}

/**
 * What decided how long a goal took, by its spans. Those of a goal that has just ended may be on
 * their way, so they are waited for, but no longer than `waitMs`.
 *
 * @returns `undefined` when the trace is not complete by then
 */
export async function criticalPathOf(
  journal: Journal,
  clock: Clock,
  view: Pick<GoalView, "trace">,
  waitMs: number,
): Promise<CriticalPath | undefined> {
  const { spanId: root } = traceOf(view);
  const begun = clock.monotonic();
  for (;;) {
    const spans = await spansOf(journal, view);
    if (spans.some(({ spanId }) => spanId === root)) return causalPath(spans);
    if (clock.monotonic() - begun >= waitMs) return undefined;
    await pause(clock, lookAgainMs);
  }
}
