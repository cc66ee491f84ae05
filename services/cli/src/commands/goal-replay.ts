import {
  GoalNotFoundError,
  readGoalRecords,
  replayGoal,
  replayKinds,
  UnknownGoalKindError,
} from "@troupe/goals";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes, HistoryRemovedError } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { replayDocument, replayLines } from "../output/replay-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";

/**
 * `troupe goal replay`: decides everything about a goal again from its journal, and compares. The
 * journal is read, its archived part included, with no node's help, and the connection is closed before anything is decided.
 *
 * @throws GoalNotFoundError; HistoryRemovedError when only how it ended is kept
 */
export async function goalReplay(
  io: Io,
  goal: string,
  options: TargetOptions & { readonly json: boolean },
): Promise<number> {
  const records = await withDeployment(io, options, ({ journal }) =>
    readGoalRecords(journal, goal),
  );
  const [first] = records;
  if (first === undefined) throw new GoalNotFoundError(goal);
  if (first.record.type !== "accepted") throw new HistoryRemovedError(goal);
  const { kind: name } = first.record.goal;
  const kind = replayKinds.find((one) => one.name === name);
  if (kind === undefined) {
    throw new UnknownGoalKindError(
      name,
      replayKinds.map((one) => one.name),
    );
  }
  const replay = await replayGoal(goal, records, kind);
  if (options.json) writeJson(io.out, replayDocument(replay));
  else writeLines(io.out, replayLines(replay, screenOf(io.out)));
  return replay.different === 0 ? exitCodes.ok : exitCodes.failed;
}
