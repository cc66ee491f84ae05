import type { StoredRecord } from "@troupe/actor";
import type { SimulatedWorld } from "@troupe/coordination/simulation";
import { z } from "zod";
import { decodeJson } from "../contract/replies.ts";
import { type GoalRecord, recordsIn as recordsOf, storedRecordsSchema } from "../goal/records.ts";

const endings = ["finished", "failed", "cancelled"];
const envelopeSchema = z.object({ record: storedRecordsSchema });

/** The records of a goal's journal. */
export function recordsIn(stored: readonly StoredRecord[]): readonly GoalRecord[] {
  return stored.flatMap(({ payload }) =>
    recordsOf(envelopeSchema.parse(decodeJson(payload)).record),
  );
}

/** Looks at the journal of a goal that was published, when it should have ended. */
export function judgeGoal(
  world: Pick<SimulatedWorld, "require">,
  goal: string,
  records: readonly GoalRecord[],
  results: number,
): void {
  const types = records.map(({ type }) => type);
  const require = (holds: boolean, invariant: string): void =>
    world.require(holds, invariant, () => `${goal}: ${results} results, ${types.join()}`);
  const ends = types.filter((type) => endings.includes(type));
  require(ends.length > 0, "every goal ends after the faults");
  require(ends.length <= 1 && (ends.length === 0 || types.at(-1) === ends[0]), "a goal ends once");
  require(results === ends.length, "a goal has one result");
  for (const once of ["accepted", "deliberated", "planned"]) {
    require(types.filter((type) => type === once).length <= 1, "nothing is decided twice");
  }
  const done = new Set<string>();
  for (const record of records) {
    if (record.type === "awarded") {
      require(!record.tasks.some((task) => done.has(task)), "what is done is not awarded again");
    }
    if (record.type !== "task-done") continue;
    require(!done.has(record.task), "a task is done once");
    done.add(record.task);
  }
  if (ends[0] !== "finished") return;
  const isWhole = ["fetch", "sort"].every((task) => done.has(task));
  require(isWhole && [...done].some((task) => task.startsWith("ship")), "what succeeded is done");
}
