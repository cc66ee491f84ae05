import { expect, test } from "vitest";
import { criticalPathLength, indexGraph, upwardRanks } from "./index.ts";

const graph = indexGraph([
  { id: "load", dependsOn: [] },
  { id: "short", dependsOn: ["load"] },
  { id: "long", dependsOn: ["load"] },
  { id: "join", dependsOn: ["short", "long"] },
]);

test("a rank is the longest way from a task's start to the end", () => {
  expect(upwardRanks(graph, [1, 2, 5, 3])).toEqual([9, 5, 8, 3]);
});

test("the critical path is the longest chain", () => {
  expect(criticalPathLength(graph, [1, 2, 5, 3])).toBe(9);
  expect(criticalPathLength(indexGraph([]), [])).toBe(0);
});
