import { expect, test } from "vitest";
import { Driven } from "./driven.test-data.ts";
import { nextWake } from "./scheduler.ts";

const retry = { limit: 2, delay: 10, jitter: 0 };
const one = (more: object) => ({ id: "goal", tasks: [{ id: "load", ...more }] });

test("a failed task is tried again after growing delays, then given up", () => {
  const driven = new Driven();
  driven.submit(one({ retry }));
  expect(driven.fail("load")).toEqual([]);
  expect(nextWake(driven.state)).toBe(10);
  expect(driven.at(9)).toEqual([]);
  expect(driven.at(10)).toEqual(["start load again"]);
  expect(driven.fail("load")).toEqual([]);
  expect(nextWake(driven.state)).toBe(30);
  expect(driven.at(30)).toEqual(["start load again"]);
  expect(driven.fail("load")).toEqual(["load failed", "goal failed"]);
  expect(nextWake(driven.state)).toBeUndefined();
});

test("a failure that cannot be helped is not tried again", () => {
  const driven = new Driven();
  driven.submit(one({ retry }));
  expect(driven.fail("load", false)).toEqual(["load failed", "goal failed"]);
});

test("a run that is never heard of times out and is tried again, its late report ignored", () => {
  const driven = new Driven();
  driven.submit(one({ retry, timeout: 50 }));
  const silent = driven.run("load");
  expect(nextWake(driven.state)).toBe(50);
  expect(driven.at(50)).toEqual(["stop load: timeout"]);
  expect(driven.at(60)).toEqual(["start load again"]);
  expect(driven.report({ type: "finished", run: silent })).toEqual([]);
  expect(driven.finish("load")).toEqual(["load done", "goal succeeded"]);
});

test("a result that comes in at the very moment of the timeout counts", () => {
  const driven = new Driven();
  driven.submit(one({ timeout: 50 }));
  driven.state.now = 50;
  expect(driven.finish("load")).toEqual(["load done", "goal succeeded"]);
});

test("every run has a timeout, so that no goal waits for ever", () => {
  const driven = new Driven({ timeout: 7 });
  driven.submit(one({}));
  expect(driven.at(7)).toEqual(["stop load: timeout", "load failed", "goal failed"]);
});

test("with a grace time, a stopped run keeps its resources until it reports or is taken as gone", () => {
  const driven = new Driven({ capacity: { cpu: 1 }, timeout: 10, grace: 5 });
  driven.submit(one({}));
  driven.submit({ id: "next", tasks: [{ id: "second" }] });
  expect(driven.at(10)).toEqual(["stop load: timeout", "load failed", "goal failed"]);
  expect(driven.state.free).toEqual({ cpu: 0 });
  expect(driven.at(12)).toEqual([]);
  expect(driven.fail("load")).toEqual(["start second"]);
  driven.submit({ id: "last", tasks: [{ id: "third" }] });
  expect(driven.at(22)).toEqual(["stop second: timeout", "second failed", "next failed"]);
  expect(driven.at(27)).toEqual(["start third"]);
});

test("a straggler gets a second copy, and whichever is first stops the other", () => {
  const straggling = one({ duration: 10, speculateAfter: 2 });
  const driven = new Driven();
  driven.submit(straggling);
  expect(driven.at(19)).toEqual([]);
  expect(driven.at(20)).toEqual(["start load'"]);
  expect(driven.finish("load'")).toEqual(["stop load: outrun", "load done", "goal succeeded"]);
  expect(driven.state.free).toEqual({ cpu: 2 });
});

test("when one copy fails the other still decides", () => {
  const driven = new Driven();
  driven.submit(one({ duration: 10, speculateAfter: 2 }));
  driven.at(20);
  expect(driven.fail("load")).toEqual([]);
  expect(driven.finish("load'")).toEqual(["load done", "goal succeeded"]);
});

test("second copies take only what no ready task wants", () => {
  const driven = new Driven();
  driven.submit({
    id: "goal",
    tasks: [
      { id: "slow", duration: 10, speculateAfter: 2 },
      { id: "b", duration: 5 },
      { id: "c", duration: 1 },
    ],
  });
  expect(driven.at(20)).toEqual([]);
  expect(driven.finish("b")).toEqual(["b done", "start c"]);
  expect(driven.finish("c")).toEqual(["c done", "start slow'"]);
});

test("what tasks of a kind took is what the next of the kind are expected to take", () => {
  const driven = new Driven({ capacity: { cpu: 1 } });
  driven.submit({ id: "first", tasks: [{ id: "load", kind: "load" }] });
  driven.at(40);
  driven.finish("load");
  driven.submit({
    id: "second",
    tasks: [
      { id: "known", duration: 30 },
      { id: "estimated", kind: "load" },
    ],
  });
  expect(driven.run("estimated")).toBeGreaterThan(0);
  expect(driven.run("known")).toBe(-1);
});

test("a second copy does not take what a waiting task needs more of", () => {
  const driven = new Driven({ capacity: { cpu: 3 } });
  driven.submit({
    id: "goal",
    tasks: [
      { id: "slow", duration: 10, speculateAfter: 2 },
      { id: "other", duration: 9 },
      { id: "wide", duration: 1, resources: { cpu: 2 } },
    ],
  });
  expect(driven.at(20)).toEqual([]);
  expect(driven.finish("other")).toEqual(["other done", "start wide"]);
});

test("tasks that time out at one moment are tried again at different ones", () => {
  const driven = new Driven();
  const again = { timeout: 50, retry: { limit: 1, delay: 10, jitter: 1 } };
  driven.submit({
    id: "goal",
    tasks: [
      { id: "a", ...again },
      { id: "b", ...again },
    ],
  });
  expect(driven.at(50, 0.5)).toEqual(["stop a: timeout", "stop b: timeout"]);
  const first = nextWake(driven.state) ?? 0;
  expect(driven.at(first)).toHaveLength(1);
  expect(nextWake(driven.state)).toBeGreaterThan(first);
});

test("time never goes back", () => {
  const driven = new Driven();
  driven.at(40);
  driven.at(10);
  driven.submit(one({ timeout: 50 }));
  expect(nextWake(driven.state)).toBe(90);
});
