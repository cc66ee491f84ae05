import { expect, test } from "vitest";
import { z } from "zod";
import { DuplicateTaskTypeError, InvalidFlowError } from "../errors.ts";
import { readFlow } from "./read-flow.ts";
import { TaskTypes } from "./task-types.ts";

const types = new TaskTypes([
  { type: "load", purpose: "loads", input: z.strictObject({ path: z.string() }) },
  { type: "join", purpose: "joins", input: z.looseObject({}) },
]);
const issuesOf = (document: unknown): readonly string[] => {
  try {
    readFlow(document, types);
    return [];
  } catch (error) {
    if (!(error instanceof InvalidFlowError)) throw error;
    return error.issues.map(({ path, message }) => `${path}: ${message}`);
  }
};
const load = (id: string, over: object = {}) => ({
  id,
  type: "load",
  input: { path: `${id}.csv` },
  ...over,
});

test("a flow that can run is read with its defaults", () => {
  expect(readFlow({ tasks: [load("a")] }, types).tasks[0]).toEqual({
    id: "a",
    type: "load",
    input: { path: "a.csv" },
    dependsOn: [],
  });
});

test("everything that is wrong is named at once, each with its place", () => {
  const tasks = [
    load("a", { input: { path: 5 } }),
    { id: "b", type: "explode" },
    { id: "c", type: "join", input: { x: { $from: "a" } } },
  ];
  expect(issuesOf({ tasks })).toEqual([
    expect.stringMatching(/^tasks\.0\.input\.path: /),
    "tasks.1.type: 'explode' is not a known task type: use one of 'load', 'join'",
    "tasks.2.input: uses the result of 'a', which 'c' does not depend on: add it to dependsOn",
  ]);
});

test("what undoes a task is checked like the task", () => {
  const compensate = { type: "unload" };
  expect(issuesOf({ tasks: [load("a", { compensate })] })).toEqual([
    expect.stringContaining("tasks.0.compensate.type: 'unload' is not a known task type"),
  ]);
});

test("the input of a task that takes results is left to the time when they are known", () => {
  const input = { path: { $from: "a", at: "file" } };
  expect(issuesOf({ tasks: [load("a"), load("b", { input, dependsOn: ["a"] })] })).toEqual([]);
});

test.for([
  ["no tasks", { tasks: [] }, "at least one task"],
  ["two tasks of one name", { tasks: [load("a"), load("a")] }, "two tasks 'a'"],
  ["a circle", { tasks: [load("a", { dependsOn: ["b"] }), load("b", { dependsOn: ["a"] })] }, "->"],
  ["a name with odd letters", { tasks: [load("a b")] }, "letters, digits"],
  ["a field that nobody knows", { tasks: [load("a", { colour: "red" })] }, "colour"],
  [
    "too many copies",
    { tasks: [load("a", { copies: 9000 }), load("b", { copies: 9000 })] },
    "18000",
  ],
  [
    "copies that wait for each of too many copies",
    { tasks: [load("a", { copies: 1000 }), load("b", { copies: 1000, dependsOn: ["a"] })] },
    "1000000 dependencies",
  ],
] as const)("a flow with %s is refused, naming it", ([, document, words]) => {
  expect(issuesOf(document).join()).toContain(words);
});

test("a type is registered once", () => {
  const again = { type: "load", purpose: "loads otherwise", input: z.unknown() };
  expect(() => types.register(again)).toThrow(DuplicateTaskTypeError);
});
