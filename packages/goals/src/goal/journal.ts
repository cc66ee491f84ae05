import {
  type Clock,
  type Journal,
  type JournaledRecord,
  openJournaled,
  readRecords,
} from "@troupe/actor";
import { advanceState } from "./apply-records.ts";
import { goalSnapshotFormat } from "./goal-snapshot.ts";
import {
  type GoalRecord,
  goalRecordVersion,
  recordsIn,
  storedRecordsSchema,
  upcastGoalRecords,
} from "./records.ts";
import { type GoalState, unknownGoal } from "./state.ts";

/** Appends of a goal that its journal holds before they are archived, unless told otherwise. */
const defaultArchiveEvery = 500;

/** One goal's journal: its state so far, and the only way to add to it. */
export interface GoalJournal {
  readonly state: GoalState;
  /** Sequence of the last record in the state; 0 before the first. */
  readonly last: number;
  /**
   * Stores some records at once, all or nothing, then applies them: `state` is another object then, and
   * the tasks of the one before must not be looked at any more.
   *
   * @throws FencedError once another coordinator has written
   */
  append(...records: readonly GoalRecord[]): Promise<GoalState>;
  /**
   * Stores all that is to be kept of a goal that ended long ago, then removes everything before.
   *
   * @returns how many stored records were removed
   * @throws FencedError once another node has written
   */
  expire(expiry: Extract<GoalRecord, { type: "expired" }> | undefined): Promise<number>;
}

/** When old records of a goal leave its journal for segments. */
export interface GoalJournalOptions {
  /**
   * After so many appends, or 512 KiB of them, the records of a goal are moved from its journal to
   * compressed segments, and its state is stored, by the append that makes it so many; 1 or more. Only
   * what writes looks at it. Default 500.
   */
  readonly archiveEvery?: number;
}

/**
 * Reads what a goal has come to: its newest snapshot, where it has one, and the records after it.
 * Records of earlier releases are read as what they mean today.
 */
export async function openGoalJournal(
  journal: Journal,
  goal: string,
  clock: Clock,
  { archiveEvery = defaultArchiveEvery }: GoalJournalOptions = {},
): Promise<GoalJournal> {
  const journaled = await openJournaled({
    ...recordsOf(journal, goal),
    clock,
    initial: unknownGoal(goal),
    apply: (state, stored, at) => advanceState(state, recordsIn(stored), at),
    // Nobody sees a state before its records are stored, so that its tasks need not be copied.
    appliesInPlace: true,
    snapshot: { ...goalSnapshotFormat, every: archiveEvery, retain: "archived" },
  });
  return {
    get state() {
      return journaled.state;
    },
    get last() {
      return journaled.last;
    },
    append: (...records) => {
      const [only] = records;
      return journaled.append(records.length === 1 && only !== undefined ? only : [...records]);
    },
    expire: async (expiry) => {
      if (expiry !== undefined) await journaled.append(expiry, { begins: true });
      return journaled.forget();
    },
  };
}

/**
 * All records of a goal, oldest first, those in segments included. Records that were stored at once
 * have the same sequence. Of an expired goal that is its expiry alone.
 *
 * @param options.after only records with a later sequence. Default 0: all
 */
export async function readGoalRecords(
  journal: Journal,
  goal: string,
  { after = 0 }: { readonly after?: number } = {},
): Promise<readonly JournaledRecord<GoalRecord>[]> {
  const stored = await readRecords({ ...recordsOf(journal, goal), after });
  return stored.flatMap(({ sequence, at, record }) =>
    recordsIn(record).map((one) => ({ sequence, at, record: one })),
  );
}

function recordsOf(journal: Journal, goal: string) {
  return {
    journal,
    kind: "goal",
    key: goal,
    record: storedRecordsSchema,
    version: goalRecordVersion,
    upcast: upcastGoalRecords,
  };
}
