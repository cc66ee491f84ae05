import { stripVTControlCharacters } from "node:util";
import { expect, test } from "vitest";
import { criticalPath } from "./critical-path.ts";
import { renderTrace } from "./render-trace.ts";
import { spanOf } from "./spans/span-record.test-data.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import { traceTree } from "./trace-tree.ts";

function rendered(spans: readonly SpanRecord[], width = 80, colour = false): string {
  const tree = traceTree(spans);
  return renderTrace(tree, criticalPath(tree), { width, colour });
}

const goal: readonly SpanRecord[] = [
  spanOf("goal", undefined, 0, 12_000),
  spanOf("auction", "goal", 0, 40),
  ...Array.from({ length: 6 }, (_, index) =>
    spanOf("bid", "auction", 2 + index / 2, 8 + index / 2, {
      spanId: `bid-${index}`,
      node: "node-2",
    }),
  ),
  spanOf("execute", "auction", 45, 11_900, { node: "node-2" }),
  spanOf("fetch", "execute", 100, 9_000.5, {
    node: "node-2",
    status: "error",
    message: "no route\nto host",
  }),
  spanOf("stray", "nobody", 50, 51.25),
];

test("a trace shows its steps, bars, failures, lost parents and where the time went", () => {
  expect(rendered(goal)).toMatchInlineSnapshot(`
    "trace t  11 spans, 12.0 s

    goal                                node-1      12.0 s ████████████████████████
    ├ auction                           node-1       40 ms █
    │ ├ bid                             node-2     6.00 ms ▒
    │ ├ bid                             node-2     6.00 ms ▒
    │ ├ bid                             node-2     6.00 ms ▒
    │ ├ … 2 more bid                               6.50 ms ▒
    │ ├ bid                             node-2     6.00 ms █
    │ └ execute                         node-2      11.9 s ████████████████████████
    │   └ fetch ✗ no route to host      node-2      8.90 s ██████████████████
    └ stray (parent lost)               node-1     1.25 ms ▒

    Where the time went: 12.0 s on the critical path (█)
          8.90 s   74 %  fetch
          2.95 s   25 %  execute
          105 ms    1 %  goal
           34 ms    0 %  auction
         6.00 ms    0 %  bid

    Who took part: on the critical path, at work, spans
          11.9 s      11.9 s      8  node-2
          139 ms      12.0 s      3  node-1
    "
  `);
});

test("no line is wider than the terminal, down to 64 columns", () => {
  for (const width of [64, 80, 120]) {
    for (const line of rendered(goal, width).split("\n")) {
      expect(line.length).toBeLessThanOrEqual(width);
    }
  }
});

test("colour changes nothing but the colour", () => {
  const coloured = rendered(goal, 80, true);
  expect(coloured).toContain("\u001b[31m");
  expect(stripVTControlCharacters(coloured)).toBe(rendered(goal));
});

test("like siblings are summed up, except those under which something failed or took the time", () => {
  const row = (index: number, endMs = 60): SpanRecord =>
    spanOf("row", "root", index / 10, endMs, { spanId: `row-${index}` });
  const told = rendered([
    spanOf("root", undefined, 0, 100),
    ...Array.from({ length: 20 }, (_, index) => (index === 12 ? row(12, 1.2) : row(index))),
    spanOf("broken", "row-10", 10, 11, { status: "error", message: "bad row" }),
    spanOf("slow", "row-12", 20, 90),
  ]);
  const labels = told.split("\n").map((line) => line.slice(0, 24).trimEnd());
  expect(labels.slice(2, 12)).toEqual([
    "root",
    "├ row",
    "├ row",
    "├ row",
    "├ … 15 more row",
    "├ row",
    "│ └ broken ✗ bad row",
    "└ row",
    "  └ slow",
    "",
  ]);
});

test("a trace without spans is told as such", () => {
  expect(rendered([])).toContain("0 spans, 0.00 ms");
});

test("a chain of ten thousand messages can be shown", () => {
  const chain = Array.from({ length: 10_000 }, (_, index) =>
    spanOf(`s${index}`, index === 0 ? undefined : `s${index - 1}`, index, index + 1),
  );
  expect(rendered(chain).split("\n").length).toBeGreaterThan(10_000);
});
