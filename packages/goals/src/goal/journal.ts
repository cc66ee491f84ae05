import { type Clock, type Journal, type JournaledRecord, openJournaled } from "@troupe/actor";
import { applyRecords } from "./apply-records.ts";
import {
  type GoalRecord,
  goalRecordVersion,
  recordsIn,
  storedRecordsSchema,
  upcastGoalRecords,
} from "./records.ts";
import { type GoalState, unknownGoal } from "./state.ts";

/** One goal's journal: its state so far, and the only way to add to it. */
export interface GoalJournal {
  readonly state: GoalState;
  /** All records, oldest first. Those that were stored at once have the same sequence. */
  readonly records: readonly JournaledRecord<GoalRecord>[];
  /**
   * Stores some records at once, all or nothing, then applies them.
   *
   * @throws FencedError once another coordinator has written
   */
  append(...records: readonly GoalRecord[]): Promise<GoalState>;
}

/** Reads a goal's journal. Records of earlier releases are read as what they mean today. */
export async function openGoalJournal(
  journal: Journal,
  goal: string,
  clock: Clock,
): Promise<GoalJournal> {
  const journaled = await openJournaled({
    journal,
    clock,
    kind: "goal",
    key: goal,
    record: storedRecordsSchema,
    version: goalRecordVersion,
    upcast: upcastGoalRecords,
    initial: unknownGoal(goal),
    apply: (state, stored, at) => applyRecords(state, recordsIn(stored), at),
  });
  return {
    get state() {
      return journaled.state;
    },
    get records() {
      return journaled.records.flatMap(({ sequence, at, record }) =>
        recordsIn(record).map((one) => ({ sequence, at, record: one })),
      );
    },
    append: (...records) => {
      const [only] = records;
      return journaled.append(records.length === 1 && only !== undefined ? only : [...records]);
    },
  };
}
