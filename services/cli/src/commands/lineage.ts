import { GoalNotFoundError, readGoalRecords, runEvents } from "@troupe/goals";
import { type TargetOptions, withDeployment } from "../connection.ts";
import { exitCodes, HistoryRemovedError } from "../errors.ts";
import { type Io, screenOf } from "../io.ts";
import { lineageLines, lineageRuns } from "../output/lineage-lines.ts";
import { writeJson, writeLines } from "../output/write.ts";

/**
 * `troupe lineage`: what a goal's tasks read and made, from its journal alone, without any node's help.
 *
 * @throws GoalNotFoundError; HistoryRemovedError when only how it ended is kept
 */
export async function lineage(
  io: Io,
  goal: string,
  options: TargetOptions & { readonly json: boolean; readonly openlineage: boolean },
): Promise<number> {
  const records = await withDeployment(io, options, ({ journal }) =>
    readGoalRecords(journal, goal),
  );
  const [first] = records;
  if (first === undefined) throw new GoalNotFoundError(goal);
  if (first.record.type !== "accepted") throw new HistoryRemovedError(goal);
  const events = runEvents(goal, records);
  if (options.openlineage)
    writeLines(
      io.out,
      events.map((event) => JSON.stringify(event)),
    );
  else if (options.json) writeJson(io.out, { goal, runs: lineageRuns(events) });
  else writeLines(io.out, lineageLines(lineageRuns(events), screenOf(io.out)));
  return exitCodes.ok;
}
