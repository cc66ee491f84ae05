import type { GoalView } from "@troupe/goals";
import { expect, test } from "vitest";
import { criticalChain } from "./critical-chain.ts";

function task(
  id: string,
  durationMs: number,
  dependsOn: string[],
  status = "done",
): GoalView["task"][number] {
  return { id, type: id, arguments: [], dependsOn, status, attempts: 1, bids: [], durationMs };
}

test("the critical chain is the longest by measured durations, not by the number of tasks", () => {
  const { tasks, durationMs } = criticalChain([
    task("a", 10, []),
    task("b", 500, []),
    task("c", 10, ["a"]),
    task("d", 10, ["b", "c"]),
  ]);
  expect(tasks.map(({ id }) => id)).toEqual(["b", "d"]);
  expect(durationMs).toBe(510);
});

test("tasks that did not finish decided nothing", () => {
  expect(criticalChain([task("a", 10, []), task("b", 900, ["a"], "failed")]).durationMs).toBe(10);
});
