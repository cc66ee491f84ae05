import type { Resources } from "./resources.ts";

/**
 * What a dependency's failure means for who depends on it: `fail` fails it too, `skip` leaves it
 * out, `continue` runs it as if the dependency were done.
 */
export type OnFailure = "fail" | "skip" | "continue";

/** One edge of the graph. */
export interface Dependency {
  readonly task: string;
  /** Default `fail`. */
  readonly onFailure?: OnFailure;
}

/** How often, and how soon, a failed task is tried again. */
export interface RetryPolicy {
  /** Retries after the first attempt. */
  readonly limit: number;
  /** Time before the first of them. */
  readonly delay: number;
  /** Each further delay is this many times the one before. Default 2. */
  readonly factor?: number;
  /** No delay is longer. Default 100 times `delay`. */
  readonly longest?: number;
  /** Share of each delay that is left to chance, 0 to 1. Default 0.5. */
  readonly jitter?: number;
}

/** A task to be scheduled. All times are in the caller's unit, the same everywhere. */
export interface TaskSpec {
  /** Unique in the goal. */
  readonly id: string;
  /** Names of tasks, or what their failure means besides. Default: none. */
  readonly dependsOn?: readonly (string | Dependency)[];
  /** How long it will take, when that is known. */
  readonly duration?: number;
  /** Tasks of one kind take about equally long: from those that ended the others are estimated. */
  readonly kind?: string;
  /** What it holds while it runs, in whole units. Default `{ cpu: 1 }`. */
  readonly resources?: Resources;
  /** Default: no retry. */
  readonly retry?: RetryPolicy;
  /** A run that takes longer has failed. Default: that of the settings. */
  readonly timeout?: number;
  /**
   * A second copy is started on resources nobody else wants once a run takes this many times as
   * long as expected. Only for tasks that may run twice. Default: never.
   */
  readonly speculateAfter?: number;
}

/** Tasks that belong together, and share the resources with other goals. */
export interface GoalSpec {
  /** Unique among the goals that have not ended. */
  readonly id: string;
  readonly tasks: readonly TaskSpec[];
  /** Relative to the shares of other goals. Default 1. */
  readonly share?: number;
  /** Ends the goal as soon as it cannot succeed, instead of finishing what does not depend on it. */
  readonly failFast?: boolean;
}
