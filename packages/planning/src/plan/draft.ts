import type { Condition, Fact, Task } from "../domain/condition.ts";
import type { Observation, PlanTask } from "./plan.ts";
import type { TaskOrdering } from "./problem.ts";

/** A step before anything has been computed about it. */
export interface DraftStep {
  readonly id: string;
  readonly action: string;
  readonly args: readonly string[];
}

/** What of a plan is decided; the rest follows from it. */
export interface PlanDraft {
  readonly facts: readonly Fact[];
  readonly objects: Readonly<Record<string, readonly string[]>>;
  readonly tasks: readonly Task[];
  readonly ordering: TaskOrdering;
  readonly goal: readonly Condition[];
  readonly steps: readonly DraftStep[];
  readonly decomposition: readonly PlanTask[];
  readonly roots: readonly string[];
  readonly executed: number;
  readonly abandoned: readonly string[];
  readonly observations: readonly Observation[];
  readonly retired: readonly string[];
}
