/** Phases of a goal that goes on, in the order in which it passes through them. */
export const openPhases = ["analysing", "planning", "executing", "compensating"] as const;

/** Phases after which nothing follows but that the history of an ended goal expires. */
export const endPhases = ["succeeded", "failed", "cancelled", "expired"] as const;

/** Where a goal stands; `unknown` before its first record. */
export type GoalPhase = "unknown" | (typeof openPhases)[number] | (typeof endPhases)[number];

/**
 * Whether nothing more will happen to a goal. This module imports nothing, so that browsers get it too.
 *
 * @param goal its state, view or summary; a phase that a newer node tells of and that is not known here is no end
 */
export function hasEnded({ phase }: { readonly phase: string }): boolean {
  return endPhases.some((end) => end === phase);
}
