import { expect, test } from "vitest";
import {
  DuplicateGoalError,
  DuplicateTaskError,
  InvalidValueError,
  UnsatisfiableDemandError,
} from "../errors.ts";
import { Driven } from "./driven.test-data.ts";
import type { GoalSpec, TaskSpec } from "./goal-spec.ts";

function refused(task: Partial<TaskSpec>, goal: Partial<GoalSpec> = {}): () => unknown {
  const driven = new Driven();
  return () => driven.submit({ id: "goal", tasks: [{ id: "load", ...task }], ...goal });
}

test("a demand that could never be met is refused instead of waiting for ever", () => {
  expect(refused({ resources: { cpu: 3 } })).toThrow(UnsatisfiableDemandError);
  expect(refused({ resources: { gpu: 1 } })).toThrow("needs 1 of 'gpu', and there is 0");
});

test("numbers that cannot be are refused, with their place", () => {
  expect(refused({ duration: Number.NaN })).toThrow("task 'load': duration is NaN");
  expect(refused({ duration: -1 })).toThrow(InvalidValueError);
  expect(refused({ timeout: 0 })).toThrow(InvalidValueError);
  expect(refused({ resources: { cpu: 0.5 } })).toThrow("use a smaller unit");
  expect(refused({ retry: { limit: -1, delay: 1 } })).toThrow("retry.limit");
  expect(refused({ retry: { limit: 1, delay: 1, jitter: 2 } })).toThrow("retry.jitter");
  expect(refused({}, { share: 0 })).toThrow("goal 'goal': share is 0");
  expect(() => new Driven({ capacity: { cpu: -1 } })).toThrow(InvalidValueError);
});

test("a refused goal has changed nothing", () => {
  const driven = new Driven();
  const before = JSON.stringify(driven.state);
  expect(() => driven.submit({ id: "goal", tasks: [{ id: "a" }, { id: "a" }] })).toThrow(
    DuplicateTaskError,
  );
  expect(JSON.stringify(driven.state)).toBe(before);
});

test("an identifier is free again once its goal has ended", () => {
  const driven = new Driven();
  const goal = { id: "goal", tasks: [{ id: "load" }] };
  driven.submit(goal);
  expect(() => driven.submit(goal)).toThrow(DuplicateGoalError);
  driven.finish("load");
  expect(driven.submit(goal)).toEqual(["start load"]);
});
