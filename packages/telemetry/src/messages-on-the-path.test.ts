import { expect, test } from "vitest";
import { criticalPath } from "./critical-path.ts";
import { spanOf } from "./spans/span-record.test-data.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import { traceTree } from "./trace-tree.ts";

const path = (...spans: readonly SpanRecord[]): readonly string[] =>
  criticalPath(traceTree(spans)).sections.map(
    ({ span: { name }, startMs, endMs }) => `${name} ${endMs - startMs}`,
  );

test("work that goes on after the step that asked for it is what the goal waited for", () => {
  expect(
    path(
      spanOf("goal", undefined, 0, 100),
      spanOf("auction", "goal", 0, 10),
      spanOf("award", "auction", 8, 10),
      spanOf("execute", "award", 10, 90),
    ),
  ).toEqual(["auction 8", "award 2", "execute 80", "goal 10"]);
});

test("a call within its caller stays there", () => {
  expect(
    path(spanOf("goal", undefined, 0, 100), spanOf("a", "goal", 0, 100), spanOf("b", "a", 20, 70)),
  ).toEqual(["a 20", "b 50", "a 30"]);
});

test("spans that name each other as parents do not hold it up", () => {
  expect(
    path(spanOf("goal", undefined, 0, 9), spanOf("a", "b", 1, 2), spanOf("b", "a", 1, 3)),
  ).toEqual(["goal 1", "b 2", "goal 6"]);
});
