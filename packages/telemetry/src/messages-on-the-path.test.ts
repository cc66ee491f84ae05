import { expect, test } from "vitest";
import { criticalPath } from "./critical-path.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import { traceTree } from "./trace-tree.ts";

function span(id: string, parent: string | undefined, startMs: number, endMs: number): SpanRecord {
  return {
    traceId: "t",
    spanId: id,
    name: id,
    kind: "internal",
    startMs,
    endMs,
    status: "ok",
    attributes: {},
    events: [],
    links: [],
    service: "troupe",
    node: "node-1",
    ...(parent === undefined ? {} : { parentSpanId: parent }),
  };
}

const path = (...spans: readonly SpanRecord[]): readonly string[] =>
  criticalPath(traceTree(spans)).sections.map(
    ({ span: { name }, startMs, endMs }) => `${name} ${endMs - startMs}`,
  );

test("work that goes on after the step that asked for it is what the goal waited for", () => {
  expect(
    path(
      span("goal", undefined, 0, 100),
      span("auction", "goal", 0, 10),
      span("award", "auction", 8, 10),
      span("execute", "award", 10, 90),
    ),
  ).toEqual(["auction 8", "award 2", "execute 80", "goal 10"]);
});

test("a call within its caller stays there", () => {
  expect(
    path(span("goal", undefined, 0, 100), span("a", "goal", 0, 100), span("b", "a", 20, 70)),
  ).toEqual(["a 20", "b 50", "a 30"]);
});

test("spans that name each other as parents do not hold it up", () => {
  expect(() =>
    path(span("goal", undefined, 0, 9), span("a", "b", 1, 2), span("b", "a", 1, 3)),
  ).not.toThrow();
});
