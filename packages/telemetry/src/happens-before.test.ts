import { expect, test } from "vitest";
import { criticalPath } from "./critical-path.ts";
import { participation, selfTimes } from "./participation.ts";
import { spanOf } from "./spans/span-record.test-data.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import { traceTree } from "./trace-tree.ts";

const told = (...spans: readonly SpanRecord[]): readonly string[] =>
  criticalPath(traceTree(spans)).sections.map(
    ({ span, kind, startMs, endMs }) =>
      `${kind === "wait" ? "wait for " : ""}${span.name} ${startMs}-${endMs}`,
  );

/** A run of a task, caused by the root like all others. */
function run(
  task: string,
  startMs: number,
  endMs: number,
  after: readonly string[] = [],
): SpanRecord {
  const attributes = {
    "troupe.task": task,
    ...(after.length === 0 ? {} : { "troupe.task.after": [...after] }),
  };
  return spanOf(task, "root", startMs, endMs, { attributes });
}
const goal = (endMs: number): SpanRecord => spanOf("root", undefined, 0, endMs);

test("before a task came the last of those that it depends on, whoever else ended in between", () => {
  const unrelated = run("unrelated", 0, 48);
  const spans = [goal(100), run("a", 0, 40), run("b", 0, 30), run("c", 50, 100, ["a", "b"])];
  expect(told(...spans, unrelated)).toEqual(["a 0-40", "wait for c 40-50", "c 50-100"]);
  // Without the dependency nobody could know.
  const blind = spans.map((span) => (span.name === "c" ? run("c", 50, 100) : span));
  expect(told(...blind, unrelated)).toEqual(["unrelated 0-48", "root 48-50", "c 50-100"]);
});

test("what was done between a task and the one before it is not a wait", () => {
  expect(
    told(
      goal(100),
      run("a", 0, 40),
      spanOf("award", "root", 42, 47),
      spanOf("long", "root", 10, 49),
      run("b", 50, 100, ["a"]),
    ),
  ).toEqual(["a 0-40", "wait for b 40-42", "award 42-47", "wait for b 47-50", "b 50-100"]);
});

test("a diamond of tasks goes through its slower side", () => {
  expect(
    told(
      goal(70),
      run("split", 0, 10),
      run("fast", 10, 20, ["split"]),
      run("slow", 10, 60, ["split"]),
      run("join", 60, 70, ["fast", "slow"]),
    ),
  ).toEqual(["split 0-10", "slow 10-60", "join 60-70"]);
});

test("a run that failed counts until the one that was repeated, and then that one", () => {
  expect(
    told(
      goal(60),
      { ...run("a", 0, 10), spanId: "a1", status: "error" },
      { ...run("a", 20, 40), spanId: "a2" },
      run("b", 45, 60, ["a"]),
    ),
  ).toEqual(["a 0-10", "root 10-20", "a 20-40", "wait for b 40-45", "b 45-60"]);
});

test("a task after a task of copies waits for the last of them", () => {
  expect(
    told(goal(60), run("each.0", 0, 20), run("each.1", 0, 35), run("sum", 35, 60, ["each"])),
  ).toEqual(["each.1 0-35", "sum 35-60"]);
});

test("links join as dependencies do", () => {
  const links = ["x", "y"].map((spanId) => ({ traceId: "t", spanId }));
  expect(
    told(
      goal(50),
      spanOf("x", "root", 0, 20),
      spanOf("y", "root", 0, 10),
      spanOf("other", "root", 0, 24),
      spanOf("join", "root", 25, 50, { links }),
    ),
  ).toEqual(["x 0-20", "wait for join 20-25", "join 25-50"]);
});

test("what is waited for may be deep inside another step", () => {
  const links = [{ traceId: "t", spanId: "inner" }];
  expect(
    told(
      goal(80),
      spanOf("stage", "root", 0, 45),
      spanOf("inner", "stage", 10, 40),
      spanOf("late", "root", 30, 58),
      spanOf("next", "root", 60, 80, { links }),
    ),
  ).toEqual([
    "stage 0-10",
    "inner 10-40",
    "wait for next 40-45",
    "wait for next 45-60",
    "next 60-80",
  ]);
});

test("on an idle cluster the path is the longest chain of the graph, by what its tasks took", () => {
  const work: Readonly<Record<string, readonly [number, readonly string[]]>> = {
    a: [5, []],
    b: [20, ["a"]],
    c: [7, ["a"]],
    d: [9, ["c"]],
    e: [3, ["b", "d"]],
    f: [30, []],
  };
  const ends = new Map<string, number>();
  const spans = Object.entries(work).map(([task, [ms, after]]) => {
    const start = Math.max(0, ...after.map((one) => ends.get(one) ?? 0));
    ends.set(task, start + ms);
    return run(task, start, start + ms, after);
  });
  // e ends at 28, f at 30: f alone is the longest.
  expect(told(goal(30), ...spans)).toEqual(["f 0-30"]);
  const chain = spans.filter(({ name }) => name !== "f");
  expect(told(goal(28), ...chain)).toEqual(["a 0-5", "b 5-25", "e 25-28"]);
});

test("links in a circle, to itself or to what is not there are no causes", () => {
  const link = (spanId: string) => ({ links: [{ traceId: "t", spanId }] });
  expect(
    told(
      goal(30),
      spanOf("a", "root", 0, 10, link("b")),
      spanOf("b", "root", 10, 20, link("a")),
      spanOf("c", "root", 20, 30, { links: [...link("c").links, ...link("gone").links] }),
    ),
  ).toEqual(["a 0-10", "b 10-20", "c 20-30"]);
});

test("who took part, how long, and how long everything waited for them", () => {
  const agent = (id: string) => ({ attributes: { "gen_ai.agent.id": id } });
  const tree = traceTree([
    goal(100),
    spanOf("work", "root", 0, 60, { spanId: "w1", ...agent("n1/a"), status: "error" }),
    spanOf("work", "root", 40, 90, { spanId: "w2", ...agent("n1/a") }),
    spanOf("query", "w2", 50, 80, { node: "n2", ...agent("n2/b") }),
    spanOf("process x.y", "root", 0, 5, {
      kind: "consumer",
      attributes: { "messaging.destination.name": "n1/c" },
    }),
  ]);
  expect(participation(tree, criticalPath(tree))).toEqual([
    {
      agent: "node-1",
      node: "node-1",
      spans: 1,
      failed: 0,
      busyMs: 100,
      selfMs: 10,
      criticalMs: 45,
    },
    { agent: "n2/b", node: "n2", spans: 1, failed: 0, busyMs: 30, selfMs: 30, criticalMs: 30 },
    { agent: "n1/a", node: "node-1", spans: 2, failed: 1, busyMs: 90, selfMs: 80, criticalMs: 20 },
    { agent: "n1/c", node: "node-1", spans: 1, failed: 0, busyMs: 5, selfMs: 5, criticalMs: 5 },
  ]);
  expect(selfTimes(tree).slice(0, 2)).toEqual([
    { name: "work", spans: 2, totalMs: 110, selfMs: 80 },
    { name: "query", spans: 1, totalMs: 30, selfMs: 30 },
  ]);
});
