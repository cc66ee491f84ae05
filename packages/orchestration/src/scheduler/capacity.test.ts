import { expect, test } from "vitest";
import { InvalidValueError } from "../errors.ts";
import { Driven } from "./driven.test-data.ts";
import type { Report } from "./scheduler.ts";

const there = (cpu: number, memory?: number): Report => ({
  type: "capacity",
  capacity: { cpu, ...(memory === undefined ? {} : { memory }) },
});
const tasks = (...ids: readonly string[]) =>
  ids.map((id) => ({ id, retry: { limit: 1, delay: 0 } }));

test("tasks that wait start as soon as there is more", () => {
  const driven = new Driven();
  driven.submit({ id: "goal", tasks: tasks("a", "b", "c", "d") });
  expect(driven.report(there(4))).toEqual(["start c", "start d"]);
});

test("runs under way go on when there is less, and nothing starts in their place before they fit", () => {
  const driven = new Driven({ capacity: { cpu: 3 } });
  driven.submit({ id: "goal", tasks: tasks("a", "b", "c", "d", "e") });
  expect(driven.report(there(1))).toEqual([]);
  expect(driven.finish("a")).toEqual(["a done"]);
  expect(driven.finish("b")).toEqual(["b done"]);
  expect(driven.finish("c")).toEqual(["c done", "start d"]);
  expect(driven.finish("d")).toEqual(["d done", "start e"]);
});

test("what ran on workers that are gone is done again on those that are left", () => {
  const driven = new Driven();
  driven.submit({ id: "goal", tasks: tasks("a", "b") });
  const failed: Report = { type: "failed", run: driven.run("a") };
  expect(driven.report(failed, there(1))).toEqual([]);
  expect(driven.finish("b")).toEqual(["b done", "start a again"]);
  expect(driven.finish("a")).toEqual(["a done", "goal succeeded"]);
});

test("with nothing left everything waits, and goes on when something comes", () => {
  const driven = new Driven();
  driven.submit({ id: "goal", tasks: tasks("a", "b") });
  driven.report(there(0));
  driven.at(1);
  expect([...driven.fail("a"), ...driven.fail("b")]).toEqual([]);
  expect(driven.report(there(1))).toEqual(["start a again"]);
  expect(driven.finish("a")).toEqual(["a done", "start b again"]);
});

test("a task that needs more than there is now waits until there is more", () => {
  const driven = new Driven();
  driven.submit({ id: "goal", tasks: [{ id: "a" }, { id: "wide", resources: { cpu: 2 } }] });
  driven.report(there(1));
  expect(driven.finish("a")).toEqual(["a done"]);
  expect(driven.report(there(2))).toEqual(["start wide"]);
});

test("what needs none of what is short still starts", () => {
  const driven = new Driven({ capacity: { cpu: 2, memory: 9 } });
  driven.submit({ id: "goal", tasks: tasks("a", "b") });
  driven.report(there(1, 9));
  const tasksBeside = [{ id: "beside", resources: { cpu: 0, memory: 1 } }];
  expect(driven.submit({ id: "other", tasks: tasksBeside })).toEqual(["start beside"]);
});

test("an amount that cannot be is refused and changes nothing", () => {
  const driven = new Driven();
  driven.submit({ id: "goal", tasks: tasks("a") });
  const before = JSON.stringify(driven.state);
  const finished: Report = { type: "finished", run: driven.run("a") };
  expect(() => driven.report(finished, there(-1))).toThrow(InvalidValueError);
  expect(JSON.stringify(driven.state)).toBe(before);
});
