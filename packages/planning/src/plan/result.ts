import type { Plan } from "./plan.ts";
import type { Blockage } from "./problem.ts";

/** The search ended before it knew the answer. */
export interface LimitReached {
  readonly kind: "limit-reached";
  /**
   * `nodes`: `maxNodes` were tried; `time`: `expired()` said so; `recursion`: tasks that may alternate kept
   * opening themselves again.
   */
  readonly limit: "nodes" | "time" | "recursion";
  /** Tried until then. */
  readonly nodes: number;
  /** How far the search had got. */
  readonly furthest: Blockage | undefined;
}

/** There is no plan, and this is as far as any came. */
export interface NoPlan {
  readonly kind: "no-plan";
  readonly reason: Blockage;
  /** Tried until that was certain. */
  readonly nodes: number;
}

/** What planning brought. */
export type PlanResult =
  | {
      readonly kind: "plan";
      /** The best. */
      readonly plan: Plan;
      /** All that were asked for, best first; fewer when there are no more. `plan` is the first. */
      readonly plans: readonly Plan[];
    }
  | NoPlan
  | LimitReached;
