import fc from "fast-check";
import { expect, test } from "vitest";
import {
  CyclicDependencyError,
  DuplicateTaskError,
  indexGraph,
  UnknownDependencyError,
} from "./index.ts";

test("tasks become numbers, each dependency counted once, in an order that can be executed", () => {
  const graph = indexGraph([
    { id: "join", dependsOn: ["left", "right", "left"] },
    { id: "left", dependsOn: ["load"] },
    { id: "right", dependsOn: ["load"] },
    { id: "load", dependsOn: [] },
  ]);
  expect(graph.dependencies).toEqual([[1, 2], [3], [3], []]);
  expect(graph.dependents).toEqual([[], [0], [0], [1, 2]]);
  expect(graph.order).toEqual([3, 1, 2, 0]);
});

test("two tasks of one name, unknown dependencies and circles are refused and named", () => {
  const twice = [
    { id: "load", dependsOn: [] },
    { id: "load", dependsOn: [] },
  ];
  expect(() => indexGraph(twice)).toThrow(DuplicateTaskError);
  expect(() => indexGraph(twice)).toThrow("two tasks 'load'");
  expect(() => indexGraph([{ id: "a", dependsOn: ["b"] }])).toThrow(UnknownDependencyError);
  const circle = [
    { id: "a", dependsOn: ["b"] },
    { id: "b", dependsOn: ["a"] },
  ];
  expect(() => indexGraph(circle)).toThrow(CyclicDependencyError);
});

test("names that mean something to JavaScript are names like any other", () => {
  const names = ["__proto__", "constructor", "toString", "2", "1"];
  const chain = names.map((id, index) => ({ id, dependsOn: names.slice(index - 1, index) }));
  expect(indexGraph(chain).order).toEqual([0, 1, 2, 3, 4]);
});

test("in every valid graph all tasks are ordered after what they depend on", () => {
  fc.assert(
    fc.property(
      fc.array(fc.array(fc.nat({ max: 40 }), { maxLength: 5 }), { maxLength: 40 }),
      (lists) => {
        const tasks = lists.map((targets, index) => ({
          id: `t${index}`,
          dependsOn: targets.filter((target) => target < index).map((target) => `t${target}`),
        }));
        const { order, dependencies } = indexGraph(tasks.toReversed());
        const position = new Map(order.map((task, index) => [task, index]));
        expect(position.size).toBe(tasks.length);
        for (const [task, needed] of dependencies.entries()) {
          for (const dependency of needed) {
            expect(position.get(dependency)).toBeLessThan(position.get(task) ?? -1);
          }
        }
      },
    ),
    { seed: 7 },
  );
});
