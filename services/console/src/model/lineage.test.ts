import type { GoalEvent } from "@troupe/goals";
import { expect, test } from "vitest";
import { lineageOf } from "./lineage.ts";

const task = (id: string, ...dependsOn: string[]) => ({ id, type: id, arguments: [], dependsOn });
const trace = `00-${"a".repeat(32)}-${"b".repeat(16)}-01`;
const done = (id: string) => ({
  type: "task-done",
  task: id,
  attempt: 1,
  by: "w",
  durationMs: 1,
  facts: {},
});

/** A goal of these tasks that reads one file, as its journal tells it. */
function events(...records: readonly object[]): readonly GoalEvent[] {
  return records.map((record, index) => ({ sequence: index + 1, at: index, record }) as GoalEvent);
}
const accepted = (...tasks: readonly object[]) => ({
  type: "accepted",
  goal: { kind: "clean", source: "/in/a.csv" },
  sequence: 1,
  node: "n1",
  trace,
  tasks,
});

test("what a task read is what the tasks before it made, back to the source", () => {
  const told = events(
    accepted(task("stage"), task("check", "stage")),
    done("stage"),
    done("check"),
    { type: "finished", result: { folder: "/out/a/v1" } },
  );
  expect(lineageOf("g", told)).toMatchObject({
    sources: ["/in/a.csv"],
    published: ["/out/a/v1"],
    runs: [
      { state: "complete", inputs: ["/in/a.csv"], outputs: ["g/stage"] },
      { state: "complete", inputs: ["g/stage"], outputs: ["g/check"] },
    ],
    columns: [],
    total: 2,
  });
});

test("of a goal with thousands of tasks the first runs are told, and how many there are", () => {
  const names = Array.from({ length: 300 }, (_, index) => `t${index}`);
  const told = events(accepted(...names.map((name) => task(name))), ...names.map(done));
  const { runs, total } = lineageOf("g", told);
  expect(runs).toHaveLength(200);
  expect(total).toBe(300);
});
