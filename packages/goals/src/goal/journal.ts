import { type Clock, type Journal, type Journaled, openJournaled } from "@troupe/actor";
import { type GoalRecord, goalRecordSchema, goalRecordVersion } from "./records.ts";
import { applyRecord, type GoalState, unknownGoal } from "./state.ts";

/** One goal's journal: its state so far, and the only way to add to it. */
export type GoalJournal = Journaled<GoalState, GoalRecord>;

/**
 * Reads a goal's journal. Appending fails with a `FencedError` once another coordinator has written.
 */
export function openGoalJournal(
  journal: Journal,
  goal: string,
  clock: Clock,
): Promise<GoalJournal> {
  return openJournaled({
    journal,
    clock,
    kind: "goal",
    key: goal,
    record: goalRecordSchema,
    version: goalRecordVersion,
    initial: unknownGoal(goal),
    apply: applyRecord,
  });
}
