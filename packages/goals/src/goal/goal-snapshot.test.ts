import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import { InMemoryJournal, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { goalSnapshotFormat } from "./goal-snapshot.ts";
import { openGoalJournal, readGoalRecords } from "./journal.ts";

const subject = "journal.goal.stock";
const stored = readFileSync(new URL("./first-release.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");

/** The goal of the first release, of which this one has archived all but the last record. */
async function archived() {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  for (const line of stored.slice(0, -1)) {
    await journal.append(subject, new TextEncoder().encode(line));
  }
  const last = JSON.parse(stored.at(-1) ?? "").record;
  const opened = await openGoalJournal(journal, "stock", clock, { archiveEvery: 10 });
  await opened.append(last);
  await clock.advance(0);
  return { journal, clock, whole: opened.state };
}

test("a goal of the first release is archived, opened from its snapshot, and its history is whole", async () => {
  const { journal, clock, whole } = await archived();
  expect(await journal.read(subject)).toHaveLength(1);
  const records = await readGoalRecords(journal, "stock");
  expect(records).toHaveLength(stored.length);
  const lean = await openGoalJournal(journal, "stock", clock);
  expect(lean.state).toEqual(whole);
  expect(lean.state.tasks).toEqual(whole.tasks);
});

test("a snapshot of another version is left aside, and the goal is read from its segments", async () => {
  const { journal, clock, whole } = await archived();
  const newer = { v: goalSnapshotFormat.version + 1, covers: 1e9, state: {} };
  await journal.append("snapshot.goal.stock", new TextEncoder().encode(JSON.stringify(newer)));
  expect((await openGoalJournal(journal, "stock", clock)).state).toEqual(whole);
});

/**
 * What this version of the snapshot holds of a known goal. When it changes, snapshots that are stored
 * would say something else than the records: raise `goalSnapshotFormat.version` with it.
 */
const known = { version: 4, digest: "0306c5235ff4f495" };

test("the state of a known goal is what its version of the snapshot says", async () => {
  const { whole } = await archived();
  // The last record is written by this test, at a time of its own.
  const { updatedAt: _at, ...state } = whole;
  const digest = createHash("sha256").update(JSON.stringify(state)).digest("hex").slice(0, 16);
  expect({ version: goalSnapshotFormat.version, digest }).toEqual(known);
});
