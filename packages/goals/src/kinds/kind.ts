import type { TaskOrder } from "@troupe/agents";
import type { z } from "zod";
import type { GoalDocument } from "../goal/goal.ts";
import type { GoalTask, RecordedVote } from "../goal/records.ts";
import type { GoalState, PendingRepair } from "../goal/state.ts";

/** A plan as the coordinator needs it; `plan` itself stays the kind's own data. */
export interface PlannedWork {
  readonly plan: unknown;
  readonly tasks: readonly GoalTask[];
  /** Probability that all goes well, 0 to 1. */
  readonly confidence: number;
  readonly criticalPath: readonly string[];
  readonly risks: readonly string[];
}

/** A plan mended after a failure. */
export interface RepairedWork extends PlannedWork {
  readonly kept: readonly string[];
  readonly removed: readonly string[];
  readonly added: readonly string[];
  /** What the failure taught, kept for the payloads of later tasks. */
  readonly learned: unknown;
}

/** What analysts are asked to agree on. */
interface Deliberation {
  /** What every analyst is given, JSON data. */
  readonly subject: Readonly<Record<string, unknown>>;
  /** Fewest analysts that may decide. */
  readonly quorum: number;
}

/** What the analysts brought and how each disputed field was settled. */
interface DeliberationOutcome {
  readonly fields: Readonly<Record<string, unknown>>;
  readonly votes: readonly RecordedVote[];
}

/**
 * A kind of goal: what its document holds and how it is pursued. All functions are pure; the
 * coordinator does what they say and keeps the record.
 */
export interface GoalKind {
  readonly name: string;
  /** One sentence for people. */
  readonly purpose: string;
  /** The kind's own fields. Unknown fields are refused by name. */
  readonly schema: z.ZodType<GoalDocument>;
  /** Work that comes before planning. */
  opening(goal: GoalDocument): readonly GoalTask[];
  deliberation(state: GoalState): Deliberation;
  /** What a field is settled to when no vote passes: the alternative that loses nothing. */
  fallback(alternatives: readonly unknown[]): unknown;
  conclude(state: GoalState, outcome: DeliberationOutcome): unknown;
  /** @throws NoPlanError when no plan exists */
  plan(state: GoalState): PlannedWork;
  /** Failure classes that a repaired plan can answer. */
  readonly repairable: readonly string[];
  /** A mended plan, or why there is none. */
  repair(
    state: GoalState,
    failure: PendingRepair,
  ):
    | { readonly ok: true; readonly work: RepairedWork }
    | { readonly ok: false; readonly why: string };
  /** What the agent that wins a task needs to do it. */
  order(task: GoalTask, state: GoalState): Pick<TaskOrder, "input" | "bytes">;
  result(state: GoalState): unknown;
}
