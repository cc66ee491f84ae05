/** A goal to publish. */
export interface SourcedGoal {
  readonly id: string;
  /** What is published, JSON data, with the `id` in it: a repeat is then not run again. */
  readonly document: Readonly<Record<string, unknown>>;
}

/** Where the goals of a run under faults come from: one for each kind of goal. */
export interface GoalSource {
  /** The kind of its goals, for the report. */
  readonly kind: string;
  /** Time from one publication to the next, milliseconds. */
  readonly paceMs: number;
  /** Most goals that may be open at once: published and not ended. */
  readonly openLimit: number;
  /** Makes the goal with this number, from 0, and what it reads. The same number gives the same goal. */
  goal(number: number): Promise<SourcedGoal>;
  /**
   * Looks at what the finished goal with this number has left behind.
   *
   * @param result of its `finished` record
   * @returns what is there twice, missing, or not as it must be, a line each
   */
  inspect(number: number, result: unknown): Promise<readonly string[]>;
}
