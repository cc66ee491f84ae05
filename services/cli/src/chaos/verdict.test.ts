import { expect, test } from "vitest";
import { type CourseEvent, type GoalCourse, judge, namedIn } from "./verdict.ts";

/** A journal of records a second apart; `task:x` stands for the end of task x. */
function history(...titles: readonly string[]): readonly CourseEvent[] {
  return titles.map((title, second) => {
    const [type = "", task] = title.split(":");
    return { at: second * 1000, record: task === undefined ? { type } : { type, task } };
  });
}

const whole = history("accepted", "task-done:a", "resumed", "task-done:b", "finished");

function course(goal: string, events = whole, more: Partial<GoalCourse> = {}): GoalCourse {
  return { goal, acknowledged: true, history: events, faultyEffects: [], ...more };
}

function judged(...courses: readonly GoalCourse[]) {
  return judge(courses, { wanted: courses.length, until: 60_000 });
}

test("a run in which every goal was acknowledged and ended once is good", () => {
  const failed = course("h", history("accepted", "failed"));
  expect(judged(course("g"), failed)).toMatchObject({
    ok: true,
    acknowledged: 2,
    ended: { finished: 1, failed: 1, cancelled: 0 },
    lost: 0,
    doubled: 0,
    unacknowledged: 0,
    resumes: 1,
    problems: [],
  });
});

test("a goal that was acknowledged and never ended is lost, and named", () => {
  const verdict = judged(course("g"), course("gone", []), course("stuck", whole.slice(0, 3)));
  expect(verdict).toMatchObject({ ok: false, acknowledged: 3, lost: 2, doubled: 0 });
  expect(verdict.problems).toEqual([
    { goal: "gone", what: "acknowledged, and the journal does not know it" },
    { goal: "stuck", what: "acknowledged, not ended: the last of 3 records is 'resumed'" },
  ]);
});

test.for([
  ["a finished task that ran again", ["accepted", "task-done:a", "task-done:a", "finished"]],
  ["two ends", ["accepted", "task-done:a", "finished", "failed"]],
  ["two acceptances", ["accepted", "accepted", "task-done:a", "finished"]],
  ["work after the end", ["accepted", "finished", "task-done:a"]],
] as const)("%s is an effect doubled", ([, titles]) => {
  const verdict = judged(course("twin", history(...titles)));
  expect(verdict).toMatchObject({ ok: false, lost: 0, doubled: 1 });
  expect(verdict.problems.map(({ goal }) => goal)).toEqual(["twin"]);
});

test("tasks that are done once each are not doubled", () => {
  const events = history("accepted", "task-done:a", "task-done:b", "finished");
  expect(judged(course("g", events))).toMatchObject({ ok: true, doubled: 0 });
});

test("what is wrong with a published dataset counts as doubled", () => {
  const verdict = judged(course("g", whole, { faultyEffects: ["2 published versions: g, h"] }));
  expect(verdict).toMatchObject({ ok: false, doubled: 1 });
  expect(verdict.problems).toEqual([{ goal: "g", what: "2 published versions: g, h" }]);
});

test("a goal that was never acknowledged, or never published, is not good though nothing is lost", () => {
  const unheard = course("g", [], { acknowledged: false });
  expect(judged(unheard)).toMatchObject({ ok: false, lost: 0, unacknowledged: 1 });
  expect(judge([course("g")], { wanted: 2, until: 0 })).toMatchObject({
    ok: false,
    acknowledged: 1,
    unacknowledged: 1,
  });
});

test("the longest stall is the longest gap before an end, and reaches to now for what has not ended", () => {
  const slow = [...whole.slice(0, 2), { at: 31_000, record: { type: "finished" } }];
  expect(judged(course("g"), course("slow", slow)).longestStall).toEqual({
    ms: 30_000,
    goal: "slow",
    after: "task-done",
    at: 1000,
  });
  expect(judged(course("open", whole.slice(0, 1))).longestStall).toEqual({
    ms: 60_000,
    goal: "open",
    after: "accepted",
    at: 0,
  });
  expect(judged(course("g", [])).longestStall).toBeUndefined();
});

test("a failed goal is told with its reason, and is neither lost nor doubled", () => {
  const error = { code: "no-agents", message: "nobody is there" };
  const events = [...whole.slice(0, 1), { at: 9000, record: { type: "failed", error } }];
  expect(judged(course("g", events))).toMatchObject({
    ok: true,
    failures: [{ goal: "g", what: "no-agents: nobody is there" }],
  });
});

test("the goals that a verdict names are those lost, doubled, failed, and the one that stalled", () => {
  const lost = course("lost", []);
  const failed = course("failed", history("accepted", "failed"));
  const slow = [...whole.slice(0, 2), { at: 31_000, record: { type: "finished" } }];
  const verdict = judged(course("g"), lost, failed, course("slow", slow));
  expect([...namedIn(verdict)].sort()).toEqual(["failed", "lost", "slow"]);
});
