import { parseTraceparent, type TraceContext, type Tracer } from "@troupe/actor";
import type { GoalState } from "../goal/state.ts";

/**
 * Tells the span of a whole goal, below which all others hang, once the goal has ended. Of a goal that was not traced and
 * failed the end is told all the same, unless its publisher wants no trace. One that was accepted by a node without a tracer hangs below
 * its publisher's span and has none of its own.
 *
 * @param root the span's own identity, drawn when the goal was accepted
 */
export function closeTrace(tracer: Tracer, root: TraceContext, state: GoalState): void {
  const publisher = parseTraceparent(state.publisher);
  if (publisher?.spanId === root.spanId) return;
  const sampled = root.sampled || (state.error !== undefined && publisher === undefined);
  const span = tracer.start(`goal ${state.goal.kind}`, {
    kind: "consumer",
    identity: { ...root, sampled },
    startedAt: state.acceptedAt,
    ...(publisher === undefined ? {} : { parent: publisher }),
    attributes: {
      "troupe.goal": state.id,
      "troupe.outcome": state.phase,
      "troupe.replannings": state.replannings.length,
      "troupe.resumed": state.resumed,
    },
  });
  if (state.error !== undefined) span.fail(new Error(state.error.message));
  span.end();
}
