import { expect, test } from "vitest";
import { applyRecords } from "./apply-records.ts";
import { droppedTasks, fatalFailure } from "./dropped-tasks.ts";
import type { GoalRecord, GoalTask } from "./records.ts";
import { unknownGoal } from "./state.ts";

type Edges = Readonly<Record<string, "fail" | "skip" | "continue">>;

const task = (id: string, edges: Edges = {}): GoalTask => ({
  id,
  type: "work",
  arguments: [],
  dependsOn: Object.keys(edges),
  tolerates: Object.fromEntries(
    Object.entries(edges).flatMap(([on, policy]) => (policy === "fail" ? [] : [[on, policy]])),
  ),
});

/** The state after `root` has failed for good. */
function failing(...tasks: readonly GoalTask[]) {
  const planned: GoalRecord = {
    type: "planned",
    plan: {},
    tasks: [task("root"), ...tasks],
    confidence: 1,
    criticalPath: [],
    risks: [],
  };
  const failed: GoalRecord = {
    type: "task-failed",
    task: "root",
    attempt: 1,
    by: "n/a",
    error: { code: "x", message: "x", retryable: false },
    classified: { class: "unknown", strategy: "fallback", evidence: "" },
    answer: "give-up",
  };
  return applyRecords(unknownGoal("g"), [planned, failed], 1);
}

const outcomes = (...tasks: readonly GoalTask[]) =>
  Object.fromEntries(
    droppedTasks(failing(...tasks)).map((dropped) => [
      dropped.task,
      `${dropped.outcome} by ${dropped.because}`,
    ]),
  );

test("a failure fails what depends on it, and what depends on that", () => {
  expect(outcomes(task("a", { root: "fail" }), task("b", { a: "fail" }))).toEqual({
    a: "failed by root",
    b: "failed by a",
  });
});

test("an edge that says so leaves a task out, and what needs it with it", () => {
  expect(outcomes(task("a", { root: "skip" }), task("b", { a: "fail" }))).toEqual({
    a: "skipped by root",
    b: "skipped by a",
  });
});

test("an edge that says so lets a task go on without its dependency", () => {
  expect(outcomes(task("a", { root: "continue" }), task("b", { a: "fail" }))).toEqual({});
});

test("a task that something else stops is stopped although one edge would let it go on", () => {
  expect(outcomes(task("a", { root: "fail" }), task("b", { root: "continue", a: "fail" }))).toEqual(
    { a: "failed by root", b: "failed by a" },
  );
});

/** The failure that is fatal once all that follows from it is on record. */
const fatal = (...tasks: readonly GoalTask[]) => {
  const state = failing(...tasks);
  return fatalFailure(applyRecords(state, droppedTasks(state), 2))?.id;
};

test("a failure that reaches a result of the goal is fatal, and its first cause is named", () => {
  expect(fatal()).toBe("root");
  expect(fatal(task("a", { root: "fail" }), task("b", { a: "fail" }))).toBe("root");
  expect(fatal(task("a", { root: "continue" }), task("b", { root: "fail" }))).toBe("root");
});

test("a failure that an edge stops on its way is not fatal, wherever that edge is", () => {
  expect(fatal(task("a", { root: "continue" }))).toBeUndefined();
  expect(fatal(task("a", { root: "skip" }))).toBeUndefined();
  expect(
    fatal(task("a", { root: "fail" }), task("b", { a: "continue", root: "continue" })),
  ).toBeUndefined();
});
