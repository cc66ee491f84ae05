import { readFileSync } from "node:fs";
import { InMemoryJournal, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { courseOf } from "../coordinator/decisions.ts";
import { TaskSchedule } from "../coordinator/task-schedule.ts";
import { cleanKind } from "../kinds/clean/kind.ts";
import { cleanResultSchema } from "../kinds/clean/result.ts";
import { replayGoal } from "../replay/replay-goal.ts";
import { openGoalJournal, readGoalRecords } from "./journal.ts";
import { goalRecordVersion } from "./records.ts";
import { isReplaced, isSettled } from "./state.ts";
import { nextStep } from "./steps.ts";

/** A goal that the first release pursued to its end, as its journal was stored: version 1. */
const stored = readFileSync(new URL("./first-release.jsonl", import.meta.url), "utf8")
  .trimEnd()
  .split("\n");

/** The journal up to so many records, as the first release left it. */
async function left(count: number) {
  const clock = new VirtualClock();
  const journal = new InMemoryJournal(clock);
  for (const line of stored.slice(0, count)) {
    await journal.append("journal.goal.stock", new TextEncoder().encode(line));
  }
  return { journal, clock };
}

/** The same, opened by this release. */
async function opened(count: number) {
  const { journal, clock } = await left(count);
  return openGoalJournal(journal, "stock", clock, { archiveEvery: 1 });
}

const recordsOf = async (count: number) => readGoalRecords((await left(count)).journal, "stock");

test("a goal that the first release finished is read as what it means today", async () => {
  for (const line of stored) expect(JSON.parse(line).v).toBeLessThan(goalRecordVersion);
  const { state } = await opened(stored.length);
  const records = await recordsOf(stored.length);
  expect(records).toHaveLength(19);
  expect(state).toMatchObject({
    phase: "succeeded",
    counts: { waiting: 0, awarded: 0, failed: 1 },
  });
  expect(state.replannings).toHaveLength(1);
  expect(state.tasks["stage"]).toMatchObject({ status: "done", winner: "n1/engineer" });
  expect(cleanResultSchema.parse(state.result).dataset).toBe("stock");
  const award = records.find(({ record }) => record.type === "awarded");
  expect(award?.record).toMatchObject({ tasks: ["profile"], lot: "profile-1" });
});

/** What a coordinator that takes the goal up goes on with: the step that is due, or the tasks that begin. */
const nextAfter: readonly (readonly string[])[] = [
  ["profile"],
  ["(profile)"],
  ["deliberate"],
  ["plan"],
  ["draft-rules", "stage"],
  ["(draft-rules)", "stage"],
  ["stage"],
  ["(stage)"],
  ["check"],
  ["(check)"],
  ["repair"],
  ["validate"],
  ["(validate)"],
  ["check-2"],
  ["(check-2)"],
  ["publish"],
  ["(publish)"],
  ["finish"],
  [],
];

test.for(nextAfter.map((next, index) => ({ count: index + 1, next })))(
  "cut after record $count, it goes on with $next, and begins nothing again that was finished",
  async ({ count, next }) => {
    const { state } = await opened(count);
    const step = nextStep(state, courseOf(cleanKind, state));
    // No task begins beside a step of the goal as a whole.
    const schedule = new TaskSchedule(state, 0, seededRandom(1));
    const begins = schedule.take().map(({ task }) => task);
    const adopted = Object.values(state.tasks).filter(({ status }) => status === "awarded");
    const work = [...adopted.map(({ id }) => `(${id})`), ...begins];
    expect(step === undefined ? work : [step.do]).toEqual(next);
    const finished = Object.values(state.tasks).filter(
      (task) => isSettled(task) || isReplaced(task, state),
    );
    expect(finished.filter(({ id }) => begins.includes(id))).toEqual([]);
  },
);

test.for(stored.map((_, index) => index + 1))(
  "cut after record %i, it can be gone on with: the next record is taken",
  async (count) => {
    const journal = await opened(count - 1);
    const line = JSON.parse(stored[count - 1] ?? "");
    const whole = await opened(count);
    const next = (await recordsOf(count)).at(-1)?.record;
    if (next === undefined) throw new Error("no record");
    expect(next.type).toBe(line.record.type);
    const after = await journal.append(next);
    expect(after.phase).toBe(whole.state.phase);
    expect(after.counts).toEqual(whole.state.counts);
  },
);

test("what the first release decided is decided the same again", async () => {
  const replay = await replayGoal("stock", await recordsOf(stored.length), cleanKind);
  expect(replay.steps.filter(({ verdict }) => verdict === "different")).toEqual([]);
  expect(replay).toMatchObject({ same: 13, given: 6, different: 0 });
});
