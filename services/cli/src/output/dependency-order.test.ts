import { expect, test } from "vitest";
import { inDependencyOrder } from "./dependency-order.ts";

const ids = (tasks: readonly { readonly id: string }[]): string => tasks.map(({ id }) => id).join();

test("a task that came late stands before what waits for it", () => {
  const tasks = [
    { id: "stage", dependsOn: [] },
    { id: "publish", dependsOn: ["check"] },
    { id: "check", dependsOn: ["stage", "elsewhere"] },
  ];
  expect(ids(inDependencyOrder(tasks))).toBe("stage,check,publish");
});

test("tasks in a cycle are shown rather than lost", () => {
  const tasks = [
    { id: "a", dependsOn: ["b"] },
    { id: "b", dependsOn: ["a"] },
  ];
  expect(ids(inDependencyOrder(tasks))).toBe("a,b");
});
