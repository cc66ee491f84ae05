import type { Condition, Fact, Task } from "../domain/condition.ts";
import type { TaskOrdering } from "./problem.ts";

/** One action of a plan. */
export interface PlanStep {
  /** Unique in the plan and in all its repairs. Made of the action's name, numbered when it occurs again. */
  readonly id: string;
  readonly action: string;
  readonly args: readonly string[];
  /** Seconds. */
  readonly duration: number;
  /** In the domain's unit. */
  readonly cost: number;
  /** 0 to 1. */
  readonly successProbability: number;
  /** Units of named resources held while it runs. */
  readonly resources: Readonly<Record<string, number>>;
  /** Greater goes first where a scheduler has the choice. */
  readonly priority: number;
  /** Earliest begin, seconds after the plan's begin, when dependencies alone decide. */
  readonly start: number;
}

/** A task of a plan with the method that decomposed it. */
export interface PlanTask {
  /** Unique among the plan's steps and tasks. */
  readonly id: string;
  readonly task: string;
  readonly args: readonly string[];
  readonly method: string;
  /** What the method's variables stand for. */
  readonly binding: Readonly<Record<string, string>>;
  /** Steps and tasks, in the order of the method's subtasks. */
  readonly children: readonly string[];
  /** How many of the plan's steps lie before the place where the method was chosen. */
  readonly at: number;
}

/** A fact that one step makes true (or false) and a later one needs so. */
export interface CausalLink {
  /** A step, or `"initial"`. */
  readonly from: string;
  /** A step, or `"goal"`. */
  readonly to: string;
  readonly fact: Fact;
  /** False when the fact is needed to be absent. */
  readonly present: boolean;
}

/** What was seen to differ from what the executed steps should have brought about. */
export interface Observation {
  /** How many of the plan's steps had been executed. */
  readonly after: number;
  readonly added: readonly Fact[];
  readonly removed: readonly Fact[];
}

/**
 * Another way for a step that may fail: all that would be left to do, planned to the end. It holds when the step
 * fails for good and without effect; `takeContingency` makes it the plan.
 */
export interface Contingency {
  /** The task that would be decomposed otherwise. */
  readonly task: Task;
  /** The method that would then decompose it. */
  readonly method: string;
  /** The actions that would follow instead of what the plan holds from the failed step on. */
  readonly actions: readonly Task[];
  /** Names of `actions`: those of the plan's steps that stay, and new ones. */
  readonly steps: readonly string[];
  /** Steps and tasks of the plan in whose place something else stands, with all below them. */
  readonly reopened: readonly string[];
  /** What stands in their place in the tree. */
  readonly decomposition: readonly PlanTask[];
  /** The tree's top. */
  readonly roots: readonly string[];
  /** {@link PlanTask.at} of the tasks that stay, where it is another than in the plan. */
  readonly places: Readonly<Record<string, number>>;
  /** Product over its actions and methods. */
  readonly confidence: number;
}

/** How probably a step fails, what that would mean, and what could be done instead. */
export interface StepRisk {
  readonly step: string;
  /** 0 to 1. */
  readonly failureProbability: number;
  readonly onCriticalPath: boolean;
  /** Absent when the step was looked at and there is none, or it was beyond the number asked for. */
  readonly contingency?: Contingency;
  /** Whether a contingency was looked for. */
  readonly examined: boolean;
}

/** The four phases of planning, each in numbers. */
export interface PlanPhases {
  readonly analysis: {
    readonly facts: number;
    readonly tasks: number;
    readonly goalConditions: number;
    /** Actions and methods that the tasks can lead to at all. */
    readonly reachableActions: number;
    readonly reachableMethods: number;
  };
  readonly decomposition: {
    /** Decompositions and actions tried by the search. */
    readonly nodes: number;
    /** Times the search had to go back. */
    readonly backtracks: number;
    readonly decompositions: number;
    readonly steps: number;
    /** Levels of tasks above the deepest step. */
    readonly depth: number;
    /** Whether no better plan exists for the order asked for. Always false for `"first"`. */
    readonly optimal: boolean;
  };
  readonly optimisation: {
    /** Seconds when all steps run one after the other. */
    readonly sequentialDuration: number;
    /** `sequentialDuration / makespan`; 1 when nothing takes time. */
    readonly speedup: number;
    /** Most steps whose earliest times overlap, or that share a level when they take no time. */
    readonly width: number;
    /** Steps by how many steps they must wait for in a row. */
    readonly levels: readonly (readonly string[])[];
    /** Greatest sum of each resource over steps that run at the same time when all begin as early as they may. */
    readonly peakResources: Readonly<Record<string, number>>;
  };
  readonly risk: {
    /** Probability that something fails: 1 - confidence. */
    readonly total: number;
    /** `low` up to 0.3, `medium` up to 0.6, else `high`. */
    readonly level: "low" | "medium" | "high";
    /** Steps that may fail, most probable first. */
    readonly steps: readonly StepRisk[];
  };
}

/** A plan. Plain data: it can be stored as JSON and repaired after being read back. */
export interface Plan {
  readonly domain: string;
  /** The facts it starts from. */
  readonly facts: readonly Fact[];
  /** Types of objects, for those that have one. */
  readonly objects: Readonly<Record<string, readonly string[]>>;
  /** The tasks it accomplishes, in order. */
  readonly tasks: readonly Task[];
  readonly ordering: TaskOrdering;
  /** What holds in the end besides. */
  readonly goal: readonly Condition[];
  /** In an order in which they can be executed one by one. */
  readonly steps: readonly PlanStep[];
  /** The decomposition tree's inner nodes; parents before children. */
  readonly decomposition: readonly PlanTask[];
  /** The tree's top: steps and tasks, in the order of `tasks`. */
  readonly roots: readonly string[];
  /** Leading steps that had been executed, or were running, when the plan was last repaired. 0 for a new plan. */
  readonly executed: number;
  /** Executed steps whose task was decomposed anew, so that no task of the tree holds them. */
  readonly abandoned: readonly string[];
  readonly observations: readonly Observation[];
  /** Identifiers of earlier repairs that are never given again. */
  readonly retired: readonly string[];
  readonly causalLinks: readonly CausalLink[];
  /** For each step the steps it must wait for; what follows from others is left out. */
  readonly dependencies: Readonly<Record<string, readonly string[]>>;
  /** The chain of dependent steps that takes longest. */
  readonly criticalPath: readonly string[];
  /** Seconds along the critical path. */
  readonly makespan: number;
  /** Sum over the steps. */
  readonly cost: number;
  /** Probability that all goes well: product over steps and methods, 0 to 1. */
  readonly confidence: number;
  readonly phases: PlanPhases;
}
