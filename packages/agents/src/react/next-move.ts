import type { AgentLimits } from "../limits/agent-limits.ts";
import { assessReasoning } from "../meta/assess-reasoning.ts";
import type { RunState } from "../trail/run-state.ts";
import type { Intervention, Stop } from "../trail/trail-records.ts";
import { type Decision, deedOf } from "./step.ts";

/** Interventions after which an agent that is stuck again is stopped. */
const interventionLimit = 2;

/** What is to happen next in a run. */
export type Move =
  | { readonly kind: "decide" }
  | { readonly kind: "act"; readonly decision: Decision }
  | { readonly kind: "intervene"; readonly intervention: Intervention }
  | { readonly kind: "stop"; readonly stop: Stop }
  | { readonly kind: "end"; readonly end: NonNullable<RunState["end"]> };

/**
 * What follows from the records of a run that has begun. Pure: whoever reads the same records goes on in the same way,
 * on whatever node.
 *
 * @param now epoch milliseconds
 */
export function nextMove(
  state: RunState,
  limits: Pick<AgentLimits, "maxSteps" | "maxMs">,
  now: number,
): Move {
  if (state.end !== undefined) return { kind: "end", end: state.end };
  const { maxSteps, maxMs } = limits;
  if (now - state.beganAt >= maxMs) {
    return overLimit("maxMs", `no result within ${maxMs} ms: raise maxMs, or ask for less`);
  }
  if (state.open !== undefined) return { kind: "act", decision: state.open };
  if (state.steps.length >= maxSteps) {
    return overLimit(
      "maxSteps",
      `${maxSteps} steps brought no result: raise maxSteps, or ask for less`,
    );
  }
  // Each intervention has a chance to help: only what was done since counts.
  const since = state.steps.slice(state.interventions.at(-1)?.after ?? 0);
  const { circle, recommendations, isPoor, score } = assessReasoning(since);
  if (!isPoor) return { kind: "decide" };
  const banned =
    circle.length > 0 ? [...circle] : [...new Set(since.filter(({ ok }) => !ok).map(deedOf))];
  const why =
    circle.length > 0
      ? `${circle.length} step(s) repeat with the same observations`
      : `its reasoning is scored ${score.toFixed(2)}`;
  if (state.interventions.length >= interventionLimit) {
    const message = `${why}, after ${interventionLimit} interventions: say more precisely what is wanted`;
    return { kind: "stop", stop: { code: "agent-stuck", message } };
  }
  return { kind: "intervene", intervention: { why, advice: [...recommendations], banned } };
}

function overLimit(limit: string, message: string): Move {
  return { kind: "stop", stop: { code: "agent-limit", message, limit } };
}
