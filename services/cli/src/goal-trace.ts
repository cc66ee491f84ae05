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

/** The identity of a goal's trace and of its root span. */
export function traceOf({ trace }: Pick<GoalView, "trace">): {
  readonly traceId: string;
  readonly spanId: string;
} {
  return parseTraceparent(trace) ?? { traceId: "", spanId: "" };
}

/** The spans stored for a goal, as they were reported. */
export async function spansOf(client: Pick<GoalClient, "spans">, goal: string): Promise<ReadSpans> {
  return readSpans(await client.spans(goal));
}

/**
 * What decided how long a goal took, by its spans. Those of a goal that has just ended may be on
 * their way, so they are waited for, but no longer than `waitMs`.
 *
 * @returns `undefined` when the trace is not complete by then
 */
export async function criticalPathOf(
  client: Pick<GoalClient, "spans">,
  clock: Clock,
  view: Pick<GoalView, "id" | "trace">,
  waitMs: number,
): Promise<CriticalPath | undefined> {
  const { spanId: root } = traceOf(view);
  const begun = clock.monotonic();
  for (;;) {
    const { spans } = await spansOf(client, view.id);
    if (spans.some(({ spanId }) => spanId === root)) return criticalPath(traceTree(spans));
    if (clock.monotonic() - begun >= waitMs) return undefined;
    await pause(clock, lookAgainMs);
  }
}
