import { seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import { TaskSchedule } from "../coordinator/task-schedule.ts";
import { applyRecords } from "./apply-records.ts";
import type { GoalRecord, GoalTask } from "./records.ts";
import { type GoalState, unknownGoal } from "./state.ts";
import { nextStep } from "./steps.ts";
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
  tasks: [id],
  attempt,
  lot: `${id}-${attempt}`,
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
  records.reduce((state, record, at) => applyRecords(state, [record], at), unknownGoal("g1"));
const course = { deliberates: true, failFast: true };
const step = (state: GoalState) => nextStep(state, course)?.do;
/** Tasks that a coordinator which reads the journal now would begin. */
const begins = (state: GoalState): readonly string[] =>
  new TaskSchedule(state, 0, seededRandom(1)).take().map((start) => start.task);

test("an accepted goal begins with its opening tasks", () => {
  expect(begins(after(accepted))).toEqual(["profile"]);
  expect(step(after(accepted))).toBeUndefined();
});

test("an awarded task is not begun again, also not by whoever takes the goal over", () => {
  const state = after(accepted, awarded("profile"));
  expect(begins(state)).toEqual([]);
  const resumed = applyRecords(state, [{ type: "resumed", node: "n2" }], 9);
  expect(begins(resumed)).toEqual([]);
  expect(resumed.coordinator).toBe("n2");
});

const analysed = [accepted, awarded("profile"), done("profile")];

test("analysis leads to deliberation, deliberation to planning", () => {
  expect(step(after(...analysed))).toBe("deliberate");
  expect(step(after(...analysed, deliberated))).toBe("plan");
});

test("a kind of goal that does not deliberate plans after its analysis, or at once", () => {
  const alone = { deliberates: false, failFast: true };
  expect(nextStep(after(...analysed), alone)?.do).toBe("plan");
  expect(nextStep(after({ ...accepted, tasks: [] }), alone)?.do).toBe("plan");
});

const executing = [...analysed, deliberated, planned];

test("tasks that wait for nothing begin side by side, others only when all they need is done", () => {
  expect(begins(after(...executing))).toEqual(["rules", "stage"]);
  expect(begins(after(...executing, awarded("rules"), done("rules")))).toEqual(["stage"]);
  const both = ["rules", "stage"].flatMap((id) => [awarded(id), done(id)]);
  expect(begins(after(...executing, ...both))).toEqual(["check"]);
});

test("a goal whose tasks are all done is finished", () => {
  const all = ["rules", "stage", "check"].flatMap((id) => [awarded(id), done(id)]);
  expect(step(after(...executing, ...all))).toBe("finish");
});

test("a failed attempt that is to be repeated begins again", () => {
  const again = after(...executing, awarded("stage"), failed("stage", "retry"));
  expect(begins(again)).toContain("stage");
  expect(again.tasks["stage"]).toMatchObject({ status: "waiting", attempts: 1, runs: [] });
});

test("while a second copy of a task runs, the failure of the first changes nothing", () => {
  const racing = after(
    ...executing,
    awarded("stage"),
    awarded("stage", 2),
    failed("stage", "give-up", 1),
  );
  expect(racing.tasks["stage"]).toMatchObject({ status: "awarded", runs: [{ attempt: 2 }] });
  expect(step(racing)).toBeUndefined();
});

test("a failure that needs another plan is repaired before anything new begins", () => {
  const records = [...executing, awarded("rules"), awarded("stage"), failed("stage", "replan")];
  expect(step(after(...records))).toBe("repair");
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
  expect(step(state)).toBeUndefined();
  expect(begins(state)).toEqual(["validate"]);
  // The failed task is history: its successor counts in its place.
  expect(summaryOf(state)).toMatchObject({
    tasks: Object.keys(state.tasks).length - 1,
    replannings: 1,
  });
});

test("a task that is given up ends the goal, at once or when nothing else can be done", () => {
  const state = after(...executing, awarded("stage"), failed("stage", "give-up"), {
    type: "task-dropped",
    task: "check",
    because: "stage",
    outcome: "failed",
  });
  expect(nextStep(state, course)).toEqual({ do: "give-up", task: "stage" });
  const patient = { deliberates: true, failFast: false };
  expect(nextStep(state, patient)).toBeUndefined();
  const ended = applyRecords(state, [awarded("rules"), done("rules")], 99);
  expect(nextStep(ended, patient)).toEqual({ do: "give-up", task: "stage" });
});

test("a cancelled goal does nothing but stop", () => {
  const state = after(...executing, awarded("stage"), { type: "cancel-requested", reason: "no" });
  expect(step(state)).toBe("cancel");
});

test("what was begun is left out while a goal is undone, and the goal ends after that", () => {
  const undoing = after(...executing, awarded("stage"), {
    type: "compensating",
    outcome: "cancelled",
    tasks: [task("undo.profile")],
  });
  expect(undoing.tasks["stage"]?.status).toBe("skipped");
  expect(begins(undoing)).toEqual(["undo.profile"]);
  expect(step(undoing)).toBeUndefined();
  expect(step(applyRecords(undoing, [done("undo.profile")], 9))).toBe("end-compensation");
});

test("nothing follows once a goal has ended", () => {
  const ended = applyRecords(after(...executing), [{ type: "cancelled", reason: "no" }], 9);
  expect(step(ended)).toBeUndefined();
});

test("copies of a task are tasks of their own, and who depends on it waits for all of them", () => {
  const copied = after(...analysed, deliberated, {
    ...planned,
    tasks: [{ ...task("part"), copies: 3 }, task("join", ["part"])],
  });
  expect(Object.keys(copied.tasks)).toEqual(["profile", "part.0", "part.1", "part.2", "join"]);
  expect(copied.tasks["join"]?.dependsOn).toEqual(["part.0", "part.1", "part.2"]);
  expect(copied.tasks["part.1"]).toMatchObject({ of: "part", copy: 1 });
  expect(begins(copied)).toEqual(["part.0", "part.1", "part.2"]);
});

test("records that were stored at once count one after the other", () => {
  const one = executing.reduce<GoalState>(
    (state, record) => applyRecords(state, [record], 5),
    unknownGoal("g1"),
  );
  expect(applyRecords(unknownGoal("g1"), executing, 5)).toEqual(one);
});

test("a failure that comes while another waits for its repair is repaired after it, unless the plan then does without its task", () => {
  const plan = (failedTask: string, removed: string[]): GoalRecord => ({
    type: "replanned",
    cause: "x",
    failed: failedTask,
    class: "data_quality_failure",
    strategy: "add_validation",
    plan: {},
    tasks: [task("mended")],
    kept: [],
    removed,
    added: ["mended"],
    confidence: 1,
    criticalPath: [],
    risks: [],
    learned: null,
  });
  const course = { deliberates: true, failFast: true };
  const before = [accepted, done("profile"), deliberated, planned];
  const both = [failed("stage", "replan"), failed("rules", "replan")];
  const after = (...records: readonly GoalRecord[]) =>
    nextStep(applyRecords(unknownGoal("g"), [...before, ...both, ...records], 1), course);
  expect(after()).toMatchObject({ do: "repair", failure: { task: "stage" } });
  const next = after(plan("stage", ["stage"]));
  expect(next).toMatchObject({ do: "repair", failure: { task: "rules" } });
  expect(after(plan("stage", ["stage", "rules"]))?.do).not.toBe("repair");
});

test("a goal that eight nodes took over one after the other, and none decided anything, is abandoned", () => {
  const resumed: GoalRecord = { type: "resumed", node: "n2" };
  const times = (count: number) => Array.from({ length: count }, () => resumed);
  const failFast = [accepted, done("profile"), deliberated, planned];
  expect(step(after(...failFast, ...times(7)))).toBeUndefined();
  expect(step(after(...failFast, ...times(8)))).toBe("abandon");
  // Something was decided in between: it gets on.
  expect(step(after(...failFast, ...times(7), awarded("rules"), ...times(7)))).toBeUndefined();
  // The loss of an agent that has a task is counted as the task's own.
  expect(step(after(...failFast, awarded("rules"), ...times(20)))).toBeUndefined();
  const undoing: GoalRecord = {
    type: "compensating",
    outcome: "cancelled",
    tasks: [task("undo.profile")],
  };
  expect(step(after(...failFast, ...times(8), undoing))).toBeUndefined();
  expect(step(after(...failFast, undoing, ...times(8)))).toBe("end-compensation");
});
