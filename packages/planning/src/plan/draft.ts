import type { Plan, PlanStep } from "./plan.ts";

/** A step before anything has been computed about it. */
export type DraftStep = Pick<PlanStep, "id" | "action" | "args">;

type Decided =
  | "facts"
  | "objects"
  | "tasks"
  | "ordering"
  | "goal"
  | "decomposition"
  | "roots"
  | "executed"
  | "abandoned"
  | "observations"
  | "retired";

/** What of a plan is decided; the rest follows from it. */
export interface PlanDraft extends Pick<Plan, Decided> {
  readonly steps: readonly DraftStep[];
}
