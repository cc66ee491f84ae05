import { expect, test } from "vitest";
import { decisionOf } from "../coordinator/decisions.ts";
import { applyRecords } from "../goal/apply-records.ts";
import type { GoalRecord } from "../goal/records.ts";
import { unknownGoal } from "../goal/state.ts";
import { plannedFlow } from "../kinds/flow/planned-flow.ts";
import { replayGoal } from "./replay-goal.ts";
import { replayKinds } from "./replay-kinds.ts";

const undoable = (id: string) => ({
  id,
  type: "work",
  input: {},
  dependsOn: [],
  compensate: { type: "work", input: { undo: id } },
});
const flow = {
  failFast: true,
  tasks: [undoable("a"), undoable("b"), undoable("c"), undoable("d"), undoable("e"), undoable("f")],
};
const ids = flow.tasks.map(({ id }) => id);

const { tasks, confidence, criticalPath, risks } = plannedFlow(flow);
const course: readonly GoalRecord[] = [
  {
    type: "accepted",
    goal: { kind: "flow", ...flow },
    sequence: 1,
    node: "n1",
    trace: "",
    tasks: [],
  },
  {
    type: "planned",
    plan: null,
    tasks: [...tasks],
    confidence,
    criticalPath: [...criticalPath],
    risks: [...risks],
  },
  ...ids.map(
    (id): GoalRecord => ({
      type: "awarded",
      tasks: [id],
      attempt: 1,
      lot: `${id}-1`,
      winner: "n1/w",
      price: 0,
      bids: [],
      declined: [],
    }),
  ),
  {
    type: "task-failed",
    task: "a",
    attempt: 1,
    by: "n1/w",
    error: { code: "odd", message: "a broke", retryable: false },
    classified: {
      class: "unknown",
      strategy: "fallback",
      evidence: "code 'odd' is not known and the message names no class",
    },
    answer: "give-up",
  },
];
const done = (task: string): GoalRecord => ({
  type: "task-done",
  task,
  attempt: 1,
  by: "n1/w",
  durationMs: 1,
  facts: {},
});

/** What is found wrong when so many tasks are recorded to have ended before the decision is. */
async function wrongAfter(ended: readonly string[]) {
  const [kind] = replayKinds.filter(({ name }) => name === "flow");
  if (kind === undefined) throw new Error("no such kind");
  const before = course.reduce(
    (state, record, index) => applyRecords(state, [record], index),
    unknownGoal("g"),
  );
  const undoing = decisionOf({ do: "give-up", task: "a" }, before, kind);
  const records = [...course, ...ended.map(done), undoing].map((record, index) => ({
    sequence: index + 1,
    at: index,
    record,
  }));
  const { steps } = await replayGoal("g", records, kind);
  const wrong = steps.filter(({ verdict }) => verdict === "different");
  return wrong.map(({ record, difference }) => `${record.type} ${difference?.path ?? ""}`);
}

test("a decision that was made while up to three others were being stored is the same", async () => {
  expect(await wrongAfter([])).toEqual([]);
  expect(await wrongAfter(["b", "c", "d"])).toEqual([]);
});

test("a decision that more was stored before than can have been on the way is different", async () => {
  expect(await wrongAfter(["b", "c", "d", "e"])).toEqual(["compensating tasks.0.id"]);
});
