import type { Condition, Fact, Task } from "../domain/condition.ts";

/** Order of a problem's tasks: as given, any, or pairs `[earlier, later]` of their indices. */
export type TaskOrdering = "sequence" | "any" | readonly (readonly [number, number])[];

/** What is to be planned. */
export interface PlanningProblem {
  /** All that is true at the start. */
  readonly facts: readonly Fact[];
  /** To be accomplished in this order. */
  readonly tasks: readonly Task[];
  /** What must hold in the end besides. Default: nothing. */
  readonly goal?: readonly Condition[];
  /** Types of the objects, where the domain has types. Objects without a type need no mention. */
  readonly objects?: Readonly<Record<string, string | readonly string[]>>;
  /** Default `"sequence"`. */
  readonly ordering?: TaskOrdering;
}

/** Which plan is wanted: the first found, the most probable, the cheapest or the quickest. */
export type PlanOrder = "first" | "confidence" | "cost" | "duration";

export const defaultMaxNodes = 1_000_000;
export const defaultContingencies = 8;

/** Within which bounds a plan is searched, and what is reckoned about it. */
export interface PlanOptions {
  /** Default `"first"`. */
  readonly order?: PlanOrder;
  /** Decompositions and actions tried before the search gives up. Default 1 000 000. */
  readonly maxNodes?: number;
  /** Asked every few hundred nodes; true ends the search. Default: never. */
  readonly expired?: () => boolean;
  /** How many distinct plans are wanted. Default 1. */
  readonly best?: number;
  /** For how many of the riskiest steps a contingency is planned. Default 8. */
  readonly contingencies?: number;
}

/** Why nothing came of a task, as far as the search got. */
export type Blockage =
  | {
      /** A condition did not hold. */
      readonly kind: "condition";
      /** The task or action that could not go on. */
      readonly task: Task;
      /** The method whose precondition failed; absent for an action. */
      readonly method?: string;
      /** The condition, with the objects known at that point. */
      readonly condition: Condition;
      /** Actions that lie before. */
      readonly afterSteps: number;
      readonly text: string;
    }
  | {
      readonly kind: "no-method";
      readonly task: Task;
      readonly afterSteps: number;
      readonly text: string;
    }
  | {
      readonly kind: "refused";
      readonly task: Task;
      readonly afterSteps: number;
      readonly text: string;
    }
  | {
      readonly kind: "loop";
      readonly task: Task;
      readonly afterSteps: number;
      readonly text: string;
    }
  | {
      /** All tasks were accomplished but the goal was not, or nothing left to do could bring it about. */
      readonly kind: "goal";
      readonly condition: Condition;
      readonly afterSteps: number;
      readonly text: string;
    };
