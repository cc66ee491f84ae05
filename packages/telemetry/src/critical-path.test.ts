import fc from "fast-check";
import { expect, test } from "vitest";
import { criticalPath } from "./critical-path.ts";
import { spanOf } from "./spans/span-record.test-data.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import { traceTree } from "./trace-tree.ts";

const path = (...spans: readonly SpanRecord[]) => criticalPath(traceTree(spans));
const told = (...spans: readonly SpanRecord[]): readonly string[] =>
  path(...spans).sections.map(({ span, startMs, endMs }) => `${span.name} ${startMs}-${endMs}`);

test("the path goes into the call that ended last, and back into its caller", () => {
  expect(
    told(
      spanOf("root", undefined, 0, 100),
      spanOf("quick", "root", 10, 40),
      spanOf("slow", "root", 10, 90),
      spanOf("inner", "slow", 20, 70),
    ),
  ).toEqual(["root 0-10", "slow 10-20", "inner 20-70", "slow 70-90", "root 90-100"]);
});

test("calls one after the other are all on the path", () => {
  expect(
    told(spanOf("root", undefined, 0, 50), spanOf("a", "root", 0, 20), spanOf("b", "root", 20, 50)),
  ).toEqual(["a 0-20", "b 20-50"]);
});

test("a message that outlives its sender counts for the nearest step before it still running", () => {
  expect(
    told(
      spanOf("root", undefined, 0, 100),
      spanOf("outer", "root", 0, 90),
      spanOf("sender", "outer", 0, 10),
      spanOf("handler", "sender", 30, 80),
    ),
  ).toEqual(["sender 0-10", "outer 10-30", "handler 30-80", "outer 80-90", "root 90-100"]);
});

test("work that outlives even the root makes the path as long as it takes", () => {
  const { sections, totalMs } = path(
    spanOf("root", undefined, 5, 10),
    spanOf("first", "root", 8, 30),
    spanOf("second", "first", 40, 70),
  );
  expect(totalMs).toBe(65);
  expect(sections.map(({ span, startMs, endMs }) => [span.name, startMs, endMs])).toEqual([
    ["root", 5, 8],
    ["first", 8, 30],
    ["root", 30, 40],
    ["second", 40, 70],
  ]);
});

test("before a message came its sender, though that went on after sending it", () => {
  expect(
    told(
      spanOf("root", undefined, 0, 100),
      spanOf("sender", "root", 0, 60),
      spanOf("message", "sender", 40, 95),
    ),
  ).toEqual(["sender 0-40", "message 40-95", "root 95-100"]);
});

test("a sender inside another step is found through that step", () => {
  expect(
    told(
      spanOf("root", undefined, 0, 100),
      spanOf("step", "root", 0, 60),
      spanOf("sender", "step", 5, 50),
      spanOf("message", "sender", 40, 95),
    ),
  ).toEqual(["step 0-5", "sender 5-40", "message 40-95", "root 95-100"]);
});

test("siblings that overlap by less than clocks differ stand one after the other", () => {
  expect(
    told(
      spanOf("root", undefined, 0, 50),
      spanOf("a", "root", 0, 20.5),
      spanOf("b", "root", 20, 50),
    ),
  ).toEqual(["a 0-20", "b 20-50"]);
});

test("siblings that overlap by more ran beside each other", () => {
  expect(
    told(spanOf("root", undefined, 0, 50), spanOf("a", "root", 0, 25), spanOf("b", "root", 20, 50)),
  ).toEqual(["root 0-20", "b 20-50"]);
});

test("short siblings that ran beside each other do not pass for one after the other", () => {
  expect(
    told(
      spanOf("root", undefined, 0, 1),
      spanOf("a", "root", 0.1, 0.8),
      spanOf("b", "root", 0.2, 1),
    ),
  ).toEqual(["root 0-0.2", "b 0.2-1"]);
});

test("time is summed up by name and by node, longest first", () => {
  const { byName, byNode } = path(
    spanOf("root", undefined, 0, 100),
    spanOf("work", "root", 10, 40, { node: "node-2", spanId: "w1" }),
    spanOf("work", "root", 40, 80, { node: "node-2", spanId: "w2" }),
  );
  expect(byName).toEqual([
    { name: "work", ms: 70 },
    { name: "root", ms: 30 },
  ]);
  expect(byNode).toEqual([
    { node: "node-2", ms: 70 },
    { node: "node-1", ms: 30 },
  ]);
});

test("a trace without spans has an empty path", () => {
  expect(path()).toEqual({ sections: [], totalMs: 0, byName: [], byNode: [] });
});

test("a chain of fifty thousand messages is followed to its end", () => {
  const chain = Array.from({ length: 50_000 }, (_, index) =>
    spanOf(`s${index}`, index === 0 ? undefined : `s${index - 1}`, index, index + 1),
  );
  expect(path(...chain).sections).toHaveLength(50_000);
});

/** Trees in which children may begin before their parents, outlive them, or take no time. */
const traces = fc
  .array(
    fc.record({
      parent: fc.nat(),
      offset: fc.integer({ min: -3, max: 40 }),
      length: fc.nat({ max: 60 }),
    }),
    { minLength: 1, maxLength: 40 },
  )
  .map((parts) => {
    const spans: SpanRecord[] = [];
    for (const [index, { parent, offset, length }] of parts.entries()) {
      const above = spans[parent % Math.max(1, index)];
      const start = above === undefined ? 0 : above.startMs + offset / 4;
      spans.push(spanOf(`s${index}`, above?.spanId, start, start + length / 4));
    }
    return spans;
  });

test("sections of any trace are in order, without gaps, and as long as the trace together", () => {
  fc.assert(
    fc.property(traces, (spans) => {
      const { sections, totalMs, byName, byNode } = path(...spans);
      const start = spans[0]?.startMs ?? 0;
      const end = Math.max(...spans.map(({ endMs }) => endMs));
      expect(totalMs).toBe(end - start);
      let at = start;
      for (const { startMs, endMs } of sections) {
        expect(startMs).toBe(at);
        expect(endMs).toBeGreaterThan(startMs);
        at = endMs;
      }
      expect(at).toBe(end);
      const sum = (parts: readonly { readonly ms: number }[]) =>
        parts.reduce((total, { ms }) => total + ms, 0);
      expect(sum(byName)).toBeCloseTo(totalMs, 6);
      expect(sum(byNode)).toBeCloseTo(totalMs, 6);
    }),
  );
});

test("sections of any trace lie within their spans, save that the root lasts until all is done", () => {
  fc.assert(
    fc.property(traces, (spans) => {
      const root = spans[0]?.spanId;
      for (const { span, startMs, endMs } of path(...spans).sections) {
        expect(startMs).toBeGreaterThanOrEqual(span.startMs);
        if (span.spanId !== root) expect(endMs).toBeLessThanOrEqual(span.endMs);
      }
    }),
  );
});
