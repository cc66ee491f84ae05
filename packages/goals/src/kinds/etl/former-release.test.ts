import { readFileSync } from "node:fs";
import { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { readGoalRecords } from "../../goal/journal.ts";
import { replayGoal } from "../../replay/replay-goal.ts";
import { etlKind } from "./kind.ts";

/** A goal that was planned, repaired and finished when no plan could hold another way for what is done at once. */
const stored = readFileSync(new URL("./former-release.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");

test("what was decided before plans held contingencies is decided the same again", async () => {
  const journal = new InMemoryJournal(new VirtualClock());
  for (const line of stored) {
    await journal.append("journal.goal.codes", new TextEncoder().encode(line));
  }
  const replay = await replayGoal("codes", await readGoalRecords(journal, "codes"), etlKind);
  expect(replay.steps.filter(({ verdict }) => verdict === "different")).toEqual([]);
  const decided = replay.steps.filter(({ verdict }) => verdict === "same");
  expect(decided.map(({ record }) => record.type)).toEqual(
    expect.arrayContaining(["planned", "replanned", "finished"]),
  );
});
