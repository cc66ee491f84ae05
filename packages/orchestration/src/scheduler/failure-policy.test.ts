import { expect, test } from "vitest";
import { Driven } from "./driven.test-data.ts";
import type { OnFailure } from "./goal-spec.ts";

function pair(onFailure?: OnFailure, failFast = false) {
  const edge = onFailure === undefined ? "load" : { task: "load", onFailure };
  return {
    id: "goal",
    failFast,
    tasks: [
      { id: "load", duration: 2 },
      { id: "use", dependsOn: [edge] },
      { id: "report", dependsOn: ["use"] },
      { id: "other", duration: 1 },
    ],
  };
}

test("tasks start when all they depend on is done, and a goal ends when all tasks have", () => {
  const driven = new Driven();
  expect(driven.submit(pair())).toEqual(["start load", "start other"]);
  expect(driven.finish("load")).toEqual(["load done", "start use"]);
  expect(driven.finish("use", "other")).toEqual(["use done", "other done", "start report"]);
  expect(driven.finish("report")).toEqual(["report done", "goal succeeded"]);
});

test("by default a failure fails all that depends on it, and the rest is still done", () => {
  const driven = new Driven();
  driven.submit(pair());
  expect(driven.fail("load")).toEqual([
    "load failed",
    "use failed by load",
    "report failed by use",
  ]);
  expect(driven.finish("other")).toEqual(["other done", "goal failed"]);
});

test("a goal that is to fail fast stops everything else at once", () => {
  const driven = new Driven();
  driven.submit(pair("fail", true));
  expect(driven.fail("load")).toEqual([
    "load failed",
    "use failed by load",
    "report failed by use",
    "stop other: cancelled",
    "other cancelled",
    "goal failed",
  ]);
});

test("an edge can leave its dependents out instead, and the goal is then partial", () => {
  const driven = new Driven();
  driven.submit(pair("skip"));
  expect(driven.fail("load")).toEqual([
    "load failed",
    "use skipped by load",
    "report skipped by use",
  ]);
  expect(driven.finish("other")).toEqual(["other done", "goal partial"]);
});

test("an edge can let its dependent go on", () => {
  const driven = new Driven();
  driven.submit(pair("continue"));
  expect(driven.fail("load")).toEqual(["load failed", "start use"]);
  expect(driven.finish("use")).toEqual(["use done", "start report"]);
  expect(driven.finish("report", "other").at(-1)).toBe("goal partial");
});

test("each edge of one failed task is decided by its own policy", () => {
  const driven = new Driven();
  driven.submit({
    id: "goal",
    tasks: [
      { id: "load" },
      { id: "goes-on", dependsOn: [{ task: "load", onFailure: "continue" }] },
      { id: "left-out", dependsOn: [{ task: "load", onFailure: "skip" }] },
      { id: "fails", dependsOn: ["load"] },
      { id: "join", dependsOn: [{ task: "fails", onFailure: "skip" }, "goes-on"] },
    ],
  });
  expect(driven.fail("load").toSorted()).toEqual([
    "fails failed by load",
    "join skipped by fails",
    "left-out skipped by load",
    "load failed",
    "start goes-on",
  ]);
  // The failure was stopped on each of its ways before it reached a task that nothing depends on.
  expect(driven.finish("goes-on")).toEqual(["goes-on done", "goal partial"]);
});

test("a cancelled goal ends at once and its late reports change nothing", () => {
  const driven = new Driven();
  driven.submit(pair());
  const ended = driven.report({ type: "cancel", goal: "goal" });
  expect(ended.slice(0, 2)).toEqual(["stop load: cancelled", "load cancelled"]);
  expect(ended.at(-1)).toBe("goal cancelled");
  expect(driven.finish("load", "other")).toEqual([]);
  expect(driven.report({ type: "cancel", goal: "goal" })).toEqual([]);
  expect(driven.state).toMatchObject({ goals: {}, runs: {}, free: { cpu: 2 } });
});

test("a goal without tasks ends as soon as it is submitted", () => {
  expect(new Driven().submit({ id: "nothing", tasks: [] })).toEqual(["nothing succeeded"]);
});
