import type { FailureClass } from "@troupe/planning";
import type { z } from "zod";
import type { GoalDocument } from "../goal/goal.ts";
import type {
  GoalTask,
  PlanExperience,
  RecordedContingency,
  RecordedVote,
  TaskError,
} from "../goal/records.ts";
import type { GoalState, PendingRepair, TaskState } from "../goal/state.ts";

/** A plan as the coordinator needs it; `plan` itself stays the kind's own data. */
export interface PlannedWork {
  readonly plan: unknown;
  readonly tasks: readonly GoalTask[];
  /** Probability that all goes well, 0 to 1. */
  readonly confidence: number;
  readonly criticalPath: readonly string[];
  readonly risks: readonly string[];
  /** Other ways that the plan holds ready for tasks that may fail. Default none. */
  readonly contingencies?: readonly RecordedContingency[];
  /** What it was made with of what is known of task types, so that it can be found again. Default nothing. */
  readonly experience?: PlanExperience;
}

/** A plan mended after a failure. */
export interface RepairedWork extends Omit<PlannedWork, "experience"> {
  readonly kept: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** What the failure taught, kept for the payloads of later tasks. */
  readonly learned: unknown;
}

/** A mended plan, or why there is none. */
export type Repair =
  | { readonly ok: true; readonly work: RepairedWork }
  | { readonly ok: false; readonly why: string };

/** What a kind may plan with besides the state. */
export interface PlanningMeans {
  readonly signal: AbortSignal;
  /** How task types did in earlier goals. Default: nothing is known of that. */
  readonly experience?: PlanExperience;
  /** The plan as it is recorded, where it is made again: one of an earlier release is made by the rules of that. */
  readonly recorded?: unknown;
}

/** What analysts agree on before the plan is made. */
export interface Deliberation {
  /** Fewest analysts that may decide. */
  readonly quorum: number;
  /** What every analyst is given, JSON data. */
  subject(state: GoalState): Readonly<Record<string, unknown>>;
  /**
   * What an analyst said of a field, as it is to be taken: analysts may say anything, so neither the key nor what does not
   * belong to the value is believed.
   *
   * @returns undefined when nobody can make sense of it; then it is left out, and recorded as unreadable
   */
  readField(
    state: GoalState,
    field: string,
    value: unknown,
  ): { readonly key: string; readonly value: unknown } | undefined;
  /** What a field is settled to when no vote passes: the alternative that loses nothing. */
  fallback(alternatives: readonly unknown[]): unknown;
  /** How much longer than usual analysts have for a proposal and for a ballot, milliseconds. Default 0. */
  lookingMs?(state: GoalState): number;
  conclude(state: GoalState, outcome: DeliberationOutcome): unknown;
  /**
   * The fields of what was agreed on, each with the name that its value has among the options of a
   * vote: by them a replay finds that the votes were followed. Default: that is not looked at.
   */
  settledFields?(
    agreement: unknown,
  ): Readonly<Record<string, { readonly key: string; readonly value: unknown }>>;
}

/** What analysts agree on about a failure before the plan is repaired for it. */
export interface Conference {
  /** Fewest analysts that may decide. */
  readonly quorum: number;
  /** Whether analysts are asked about this failure. */
  concerns(error: TaskError): boolean;
  /** What every analyst is given, JSON data. */
  subject(state: GoalState, failure: PendingRepair): Readonly<Record<string, unknown>>;
  /** As of {@link Deliberation.readField}. */
  readField(
    failure: PendingRepair,
    field: string,
    value: unknown,
  ): { readonly key: string; readonly value: unknown } | undefined;
  /** What a field is settled to when no vote passes: the alternative that loses nothing. */
  fallback(alternatives: readonly unknown[]): unknown;
  /** As of {@link Deliberation.lookingMs}. */
  lookingMs?(state: GoalState): number;
}

/** What the agent that wins a task needs to do it. */
export interface TaskInput {
  /** What its tool is given, JSON data. */
  readonly input: unknown;
  /** Size of the work, the basis of bids. */
  readonly bytes: number;
  /** Whether a result found before for the same input may be taken. Default false. */
  readonly cached?: boolean;
}

/** What the analysts brought and how each disputed field was settled. */
export interface DeliberationOutcome {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly votes: readonly RecordedVote[];
}

/**
 * A kind of goal: what its document holds and how it is pursued. All functions but `plan` are pure;
 * the coordinator does what they say and keeps the record.
 */
export interface GoalKind {
  readonly name: string;
  /** One sentence for people. */
  readonly purpose: string;
  /** The kind's own fields. Unknown fields are refused by name. */
  readonly schema: z.ZodType<GoalDocument>;
  /** Work that comes before planning. */
  opening(goal: GoalDocument): readonly GoalTask[];
  /** Default: the plan is made without. */
  readonly deliberation?: Deliberation;
  /** Default: plans are repaired without. */
  readonly conference?: Conference;
  /**
   * May ask others, such as a model: what it came to is recorded, and it is not asked again.
   *
   * @throws NoPlanError when no plan exists
   */
  plan(state: GoalState, means: PlanningMeans): PlannedWork | Promise<PlannedWork>;
  /** Failure classes that `repair` can answer. */
  readonly repairable: readonly FailureClass[];
  /** Searches another plan. It is taken only when its confidence is above the threshold of `decideReplanning`. */
  repair(state: GoalState, failure: PendingRepair): Repair;
  /**
   * Makes the contingency that the plan holds for the failed task the plan, whatever the task failed of: it is tried
   * before `repair`. Default: contingencies are not taken.
   */
  takeContingency?(state: GoalState, failure: PendingRepair): Repair;
  order(task: TaskState, state: GoalState): TaskInput;
  /** Whether the goal ends as soon as it cannot succeed. Default: it does. */
  failFast?(state: GoalState): boolean;
  /**
   * What undoes the work of a goal that will not succeed, as tasks named `undo.<task>`; also of
   * tasks that were begun and may have been done. Default: nothing.
   */
  compensation?(state: GoalState): readonly GoalTask[];
  result(state: GoalState): unknown;
}
