import { expect, test } from "vitest";
import type { GoalRecord, GoalTask } from "./records.ts";
import { applyRecord, type GoalState, unknownGoal } from "./state.ts";
import { nextSteps, stepKey } from "./steps.ts";
import { summaryOf } from "./view.ts";

const task = (id: string, dependsOn: string[] = []): GoalTask => ({
  id,
  type: id,
  arguments: [],
  dependsOn,
});

const accepted: GoalRecord = {
  type: "accepted",
  goal: { kind: "clean" },
  sequence: 1,
  node: "n1",
  trace: `00-${"a".repeat(32)}-${"b".repeat(16)}-01`,
  tasks: [task("profile")],
};
const awarded = (id: string, attempt = 1): GoalRecord => ({
  type: "awarded",
  task: id,
  attempt,
  winner: `n1/${id}`,
  price: 1,
  bids: [],
  declined: [],
});
const done = (id: string, attempt = 1): GoalRecord => ({
  type: "task-done",
  task: id,
  attempt,
  by: `n1/${id}`,
  durationMs: 1,
  facts: {},
});
const failed = (id: string, answer: "retry" | "replan" | "give-up", attempt = 1): GoalRecord => ({
  type: "task-failed",
  task: id,
  attempt,
  by: `n1/${id}`,
  error: { code: "x", message: "x", retryable: true },
  classified: { class: "data_quality_failure", strategy: "add_validation", evidence: "code" },
  answer,
});
const deliberated: GoalRecord = {
  type: "deliberated",
  agreement: {},
  proposals: [],
  votes: [],
  confidence: 1,
};
const planned: GoalRecord = {
  type: "planned",
  plan: {},
  tasks: [task("rules"), task("stage"), task("check", ["rules", "stage"])],
  confidence: 1,
  criticalPath: [],
  risks: [],
};

const after = (...records: GoalRecord[]): GoalState =>
  records.reduce((state, record, index) => applyRecord(state, record, index), unknownGoal("g1"));
const names = (state: GoalState): string[] =>
  nextSteps(state).map((step) => ("task" in step ? `${step.do} ${step.task.id}` : step.do));

test("an accepted goal begins with its opening tasks", () => {
  expect(names(after(accepted))).toEqual(["auction profile"]);
});

test("an awarded task is followed, and followed again by whoever takes the goal over", () => {
  const state = after(accepted, awarded("profile"));
  expect(names(state)).toEqual(["follow profile"]);
  const resumed = applyRecord(state, { type: "resumed", node: "n2" }, 9);
  expect(names(resumed)).toEqual(["follow profile"]);
  expect(resumed.coordinator).toBe("n2");
});

test("analysis leads to deliberation, deliberation to planning", () => {
  const analysed = [accepted, awarded("profile"), done("profile")];
  expect(names(after(...analysed))).toEqual(["deliberate"]);
  expect(names(after(...analysed, deliberated))).toEqual(["plan"]);
});

const executing = [accepted, awarded("profile"), done("profile"), deliberated, planned];

test("tasks that wait for nothing are auctioned side by side, others only when all they need is done", () => {
  expect(names(after(...executing))).toEqual(["auction rules", "auction stage"]);
  expect(names(after(...executing, awarded("rules"), done("rules")))).toEqual(["auction stage"]);
  const both = after(
    ...executing,
    awarded("rules"),
    done("rules"),
    awarded("stage"),
    done("stage"),
  );
  expect(names(both)).toEqual(["auction check"]);
});

test("a goal whose tasks are all done is finished", () => {
  const all = ["rules", "stage", "check"].flatMap((id) => [awarded(id), done(id)]);
  expect(names(after(...executing, ...all))).toEqual(["finish"]);
});

test("a retried task is auctioned again under a new step", () => {
  const before = after(...executing);
  const again = after(...executing, awarded("stage"), failed("stage", "retry"));
  expect(names(again)).toEqual(["auction rules", "auction stage"]);
  const key = (state: GoalState) => nextSteps(state).map(stepKey).at(-1);
  expect(key(again)).not.toBe(key(before));
});

test("a failure that needs another plan is repaired before anything new begins", () => {
  const running = after(
    ...executing,
    awarded("rules"),
    awarded("stage"),
    failed("stage", "replan"),
  );
  expect(names(running)).toEqual(["follow rules", "repair"]);
});

test("a repaired plan keeps what is done and goes on without the failed task", () => {
  const state = after(
    ...executing,
    ...["rules", "stage"].flatMap((id) => [awarded(id), done(id)]),
    awarded("check"),
    failed("check", "replan"),
    {
      type: "replanned",
      cause: "dates",
      class: "data_quality_failure",
      strategy: "add_validation",
      plan: {},
      tasks: [
        task("rules"),
        task("stage"),
        task("validate", ["stage"]),
        task("check-2", ["validate", "rules"]),
      ],
      kept: ["rules", "stage"],
      removed: ["check"],
      added: ["validate", "check-2"],
      confidence: 1,
      criticalPath: [],
      risks: [],
      learned: {},
    },
  );
  expect(state.tasks["stage"]?.status).toBe("done");
  expect(state.tasks["check"]?.status).toBe("failed");
  expect(names(state)).toEqual(["auction validate"]);
  // The failed task is history: its successor counts in its place.
  expect(summaryOf(state)).toMatchObject({
    tasks: Object.keys(state.tasks).length - 1,
    replannings: 1,
  });
});

test("a task that is given up ends the goal", () => {
  expect(names(after(...executing, awarded("stage"), failed("stage", "give-up")))).toEqual([
    "give-up stage",
  ]);
});

test("a cancelled goal does nothing but stop", () => {
  const state = after(...executing, awarded("stage"), { type: "cancel-requested", reason: "no" });
  expect(names(state)).toEqual(["cancel"]);
});

test("nothing follows once a goal has ended", () => {
  const ended = applyRecord(after(...executing), { type: "cancelled", reason: "no" }, 9);
  expect(nextSteps(ended)).toEqual([]);
});
