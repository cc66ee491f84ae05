import { type Clock, parseTraceparent, pause } from "@troupe/actor";
import type { GoalClient, GoalView } from "@troupe/goals";
import {
  type CriticalPath,
  criticalPath,
  type ReadSpans,
  readSpans,
  traceTree,
} from "@troupe/telemetry";

/** How often spans are looked for again while they are on their way. */
const lookAgainMs = 250;

/** The identity of a goal's trace and of its root span, and whether it was traced. */
export function traceOf({ trace }: Pick<GoalView, "trace">): {
  readonly traceId: string;
  readonly spanId: string;
  readonly sampled: boolean;
} {
  return parseTraceparent(trace) ?? { traceId: "", spanId: "", sampled: false };
}

/** The spans stored for a goal, as they were reported. */
export async function spansOf(client: Pick<GoalClient, "spans">, goal: string): Promise<ReadSpans> {
  return readSpans(await client.spans(goal));
}

/**
 * What decided how long a goal took, by its spans. Those of a goal that has just ended may be on
 * their way, so they are waited for, but no longer than `waitMs`.
 *
 * @returns `undefined` when the trace is not complete by then, or the goal was not traced
 */
export async function criticalPathOf(
  client: Pick<GoalClient, "spans">,
  clock: Clock,
  view: Pick<GoalView, "id" | "trace">,
  waitMs: number,
): Promise<CriticalPath | undefined> {
  const { spanId: root, sampled } = traceOf(view);
  if (!sampled) return undefined;
  const begun = clock.monotonic();
  for (;;) {
    const { spans } = await spansOf(client, view.id);
    if (spans.some(({ spanId }) => spanId === root)) return criticalPath(traceTree(spans));
    if (clock.monotonic() - begun >= waitMs) return undefined;
    await pause(clock, lookAgainMs);
  }
}
