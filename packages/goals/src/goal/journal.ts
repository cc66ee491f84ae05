import { type Clock, type Journal, type JournaledRecord, openJournaled } from "@troupe/actor";
import { advanceState } from "./apply-records.ts";
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
   * Stores some records at once, all or nothing, then applies them: `state` is another object then, and
   * the tasks of the one before must not be looked at any more.
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
    // The state is folded here, in place, once a record is stored: nobody must see it before.
    initial: undefined,
    apply: () => undefined,
  });
  let folded = 0;
  let state = unknownGoal(goal);
  const fold = (): GoalState => {
    for (const { record, at } of journaled.records.slice(folded)) {
      state = advanceState(state, recordsIn(record), at);
      folded += 1;
    }
    return state;
  };
  fold();
  return {
    get state() {
      return state;
    },
    get records() {
      return journaled.records.flatMap(({ sequence, at, record }) =>
        recordsIn(record).map((one) => ({ sequence, at, record: one })),
      );
    },
    append: async (...records) => {
      const [only] = records;
      await journaled.append(records.length === 1 && only !== undefined ? only : [...records]);
      return fold();
    },
  };
}
