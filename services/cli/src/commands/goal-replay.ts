import type { Journal } from "@troupe/actor";
import { readTrails, type StoredStep, type TrailPage } from "@troupe/agents";
import {
  GoalNotFoundError,
  readGoalRecords,
  replayGoal,
  replayKinds,
  replayTrails,
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
  const { records, steps } = await withDeployment(io, options, async ({ journal }) => ({
    records: await readGoalRecords(journal, goal),
    steps: await trailRecords(journal, goal),
  }));
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
  const trails = replayTrails(steps);
  if (options.json) writeJson(io.out, replayDocument(replay, trails));
  else writeLines(io.out, replayLines(replay, trails, screenOf(io.out)));
  const isSame = [replay, ...trails].every((one) => one.different === 0);
  return isSame ? exitCodes.ok : exitCodes.failed;
}

/** What the agents of a goal did, oldest first. */
async function trailRecords(journal: Journal, goal: string): Promise<readonly StoredStep[]> {
  const records: StoredStep[] = [];
  let next: number | undefined = 0;
  while (next !== undefined) {
    const page: TrailPage = await readTrails(journal, goal, { after: next });
    records.push(...page.records);
    next = page.next;
  }
  return records;
}
