import { applyRecords } from "../goal/apply-records.ts";
import type { GoalRecord } from "../goal/records.ts";
import { type GoalState, unknownGoal } from "../goal/state.ts";
import type { GoalKind } from "../kinds/kind.ts";
import { judge } from "./judge.ts";
import { different, type Judgement, type Verdict } from "./judgement.ts";

/** A record as a journal has it. */
export interface ReplayedRecord {
  /** Position in the journal; records that were stored at once share it. */
  readonly sequence: number;
  /** When it was stored, milliseconds since the epoch. */
  readonly at: number;
  readonly record: GoalRecord;
}

/** A record, and what was found about it. */
export interface ReplayStep extends ReplayedRecord, Judgement {}

/** A goal's decisions, found again: how many have which verdict, and each of them. */
export interface Replay extends Readonly<Record<Verdict, number>> {
  readonly steps: readonly ReplayStep[];
  /** The goal after all records. */
  readonly state: GoalState;
}

/**
 * How many appends a decision may be behind: it was made while one append was under way, and may have
 * waited for another because so many records were to be stored.
 */
const appendsBehind = 3;

/**
 * Pursues a goal again from its journal: folds it record by record, and decides each time anew what the
 * system decided, with the functions that its coordinator uses. Reads and writes nothing, and asks
 * nobody: what came from outside is taken as it is recorded.
 *
 * A coordinator decides while earlier decisions are being stored, so a decision is the same when it
 * follows from the state at its place in the journal, or from that a few appends before.
 *
 * @param goal its identifier
 * @param records all of its journal, oldest first
 * @param kind of the goal. Of one that plans with a model, make one without: a plan that a model made
 *   is given
 */
export async function replayGoal(
  goal: string,
  records: readonly ReplayedRecord[],
  kind: GoalKind,
): Promise<Replay> {
  const steps: ReplayStep[] = [];
  let state = unknownGoal(goal);
  let before: readonly GoalState[] = [];
  let ended: string | undefined;
  for (const stored of appendsIn(records)) {
    for (const [index, one] of stored.entries()) {
      const judgement =
        ended === undefined || one.record.type === "expired"
          ? await judgeInAny(one.record, statesFor(state, before, stored.slice(0, index)), kind)
          : different(`the goal had ended before: ${ended}`);
      steps.push({ ...one, ...judgement });
      if (endings.includes(one.record.type)) ended = one.record.type;
    }
    // Whoever takes a goal up has read all of its journal.
    const isResumed = stored.some(({ record }) => record.type === "resumed");
    before = isResumed ? [] : [state, ...before].slice(0, appendsBehind);
    state = stateAfter(state, stored);
  }
  const count = (verdict: Verdict) => steps.filter((step) => step.verdict === verdict).length;
  return {
    steps,
    state,
    same: count("same"),
    given: count("given"),
    different: count("different"),
  };
}

const endings: readonly GoalRecord["type"][] = ["finished", "failed", "cancelled"];

/** States that a record may have been decided in; that at its very place comes last. */
function* statesFor(
  state: GoalState,
  before: readonly GoalState[],
  storedWith: readonly ReplayedRecord[],
): Iterable<GoalState> {
  if (storedWith.length > 0) yield state;
  yield* before;
  yield stateAfter(state, storedWith);
}

/** By a state that the record follows from; else by the last of them. */
async function judgeInAny(
  record: GoalRecord,
  states: Iterable<GoalState>,
  kind: GoalKind,
): Promise<Judgement> {
  let last = different("there is nothing that it could follow from");
  for (const state of states) {
    last = await judge(record, state, kind);
    if (last.verdict !== "different") return last;
  }
  return last;
}

function stateAfter(state: GoalState, stored: readonly ReplayedRecord[]): GoalState {
  const [first] = stored;
  if (first === undefined) return state;
  return applyRecords(
    state,
    stored.map(({ record }) => record),
    first.at,
  );
}

function* appendsIn(records: readonly ReplayedRecord[]): Iterable<readonly ReplayedRecord[]> {
  for (let begin = 0; begin < records.length; ) {
    const end = records.findIndex(
      ({ sequence }, index) => index > begin && sequence !== records[begin]?.sequence,
    );
    const next = end === -1 ? records.length : end;
    yield records.slice(begin, next);
    begin = next;
  }
}
