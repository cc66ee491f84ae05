import { expect, test } from "vitest";
import { applyRecords } from "../goal/apply-records.ts";
import type { GoalRecord, TaskError } from "../goal/records.ts";
import { unknownGoal } from "../goal/state.ts";
import { lessonOf } from "./lesson.ts";

const task = (id: string, type: string) => ({ id, type, arguments: [], dependsOn: [] });
const done = (id: string): GoalRecord => ({
  type: "task-done",
  task: id,
  attempt: 1,
  by: "w",
  durationMs: 1,
  facts: null,
});
const failed = (
  id: string,
  error: Partial<TaskError>,
  answer: "retry" | "give-up",
): GoalRecord => ({
  type: "task-failed",
  task: id,
  attempt: 1,
  by: "w",
  error: { code: "odd", message: "odd", retryable: false, ...error },
  classified: { class: "unknown", strategy: "fallback", evidence: "" },
  answer,
});
const end: GoalRecord = { type: "finished", result: null };

function lesson(records: readonly GoalRecord[], tasks = [task("a", "fetch"), task("b", "fetch")]) {
  const accepted: GoalRecord = {
    type: "accepted",
    goal: { kind: "k" },
    sequence: 1,
    node: "n",
    trace: "",
    tasks,
  };
  return lessonOf(applyRecords(unknownGoal("g"), [accepted, ...records], 7));
}

test("the tasks of an ended goal are counted by type, each once, by how it ended", () => {
  const records = [failed("a", {}, "retry"), done("a"), failed("b", {}, "give-up"), end];
  expect(lesson(records)).toEqual({
    goal: "g",
    at: 7,
    tasks: { fetch: { succeeded: 1, failed: 1 } },
  });
});

test.each([
  ["bad data", { code: "quality-gate-failed" }],
  ["lost agents", { code: "connection-lost" }],
  ["nobody to do it", { code: "no-agents" }],
  ["a wrong input", { code: "malformed-input" }],
])("%s says nothing about a type of tasks", (_what, error) => {
  expect(lesson([failed("a", error, "give-up"), end])).toBeUndefined();
});

test("what others brought down, and what undoes, says nothing about a type of tasks", () => {
  const dropped: GoalRecord = { type: "task-dropped", task: "b", because: "a", outcome: "failed" };
  const records = [failed("a", {}, "give-up"), dropped, done("undo.c"), end];
  const tasks = [task("a", "fetch"), task("b", "sort"), task("undo.c", "sort")];
  expect(lesson(records, tasks)?.tasks).toEqual({ fetch: { succeeded: 0, failed: 1 } });
});

test("nothing is learned before a goal has ended", () => {
  expect(lesson([done("a")])).toBeUndefined();
});
