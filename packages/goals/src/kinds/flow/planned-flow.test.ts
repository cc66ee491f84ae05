import type { FlowTask } from "@troupe/orchestration";
import { expect, test } from "vitest";
import { plannedFlow } from "./planned-flow.ts";

const task = (id: string, dependsOn: FlowTask["dependsOn"], expectedMs?: number): FlowTask => ({
  id,
  type: "pass",
  input: {},
  dependsOn,
  ...(expectedMs === undefined ? {} : { expectedMs }),
});

test("the critical path is the longest way in time, not in tasks", () => {
  const tasks = [
    task("read", [], 10),
    task("quick", ["read"], 1),
    task("quicker", ["quick"], 1),
    task("slow", ["read"], 500),
    task("write", ["quicker", "slow"], 10),
    task("alone", [], 100),
  ];
  expect(plannedFlow({ tasks }).criticalPath).toEqual(["read", "slow", "write"]);
});

test("tasks that do not say how long they take count as equal", () => {
  const tasks = [
    task("one", []),
    task("a", ["one"]),
    task("b", ["a"]),
    task("c", ["one"]),
    task("end", ["c", { task: "b", onFailure: "continue" }]),
  ];
  expect(plannedFlow({ tasks }).criticalPath).toEqual(["one", "a", "b", "end"]);
});
