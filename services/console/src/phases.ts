/** Phases of goals that are not ends. */
export const openPhases: readonly string[] = ["analysing", "planning", "executing", "compensating"];

/** Phases in which nothing follows any more. */
export const endPhases: readonly string[] = ["succeeded", "failed", "cancelled", "expired"];

/** Whether a goal in this phase has ended. */
export function isEnd(phase: string): boolean {
  return endPhases.includes(phase);
}
