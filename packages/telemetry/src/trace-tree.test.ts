import fc from "fast-check";
import { expect, test } from "vitest";
import { spanOf } from "./spans/span-record.test-data.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import { type TraceNode, type TraceTree, traceTree } from "./trace-tree.ts";

/** `root(child child(grandchild))`, with `?` after those whose parent is lost. */
const shape = ({ roots }: TraceTree): string => roots.map(shapeOf).join(" ");

function shapeOf({ span, children, orphan }: TraceNode): string {
  const below = children.length === 0 ? "" : `(${children.map(shapeOf).join(" ")})`;
  return `${span.name}${orphan ? "?" : ""}${below}`;
}

test("spans hang below their parents in the order they began, however they were reported", () => {
  const tree = traceTree([
    spanOf("late", "root", 5, 6),
    spanOf("inner", "early", 2, 3),
    spanOf("root", undefined, 0, 9),
    spanOf("early", "root", 1, 12),
  ]);
  expect(shape(tree)).toBe("root(early(inner) late)");
  expect(tree).toMatchObject({ traceId: "t", spans: 4, startMs: 0, endMs: 12 });
});

test("a span reported twice counts once", () => {
  const root = spanOf("root", undefined, 0, 9);
  const child = spanOf("child", "root", 1, 2);
  const tree = traceTree([root, child, { ...child }, root]);
  expect(shape(tree)).toBe("root(child)");
  expect(tree.spans).toBe(2);
});

test("spans whose parent was never reported hang, marked, below the earliest root", () => {
  const tree = traceTree([
    spanOf("second", undefined, 4, 5),
    spanOf("stray", "nobody", 3, 4),
    spanOf("below", "stray", 3, 4),
    spanOf("first", undefined, 1, 9),
  ]);
  expect(shape(tree)).toBe("first(stray?(below)) second");
});

test("without a root the earliest span whose parent is lost stands in for it", () => {
  const tree = traceTree([
    spanOf("b", "nobody", 3, 4),
    spanOf("a", "nobody", 1, 4),
    spanOf("c", "a", 2, 4),
  ]);
  expect(shape(tree)).toBe("a(c b?)");
});

test("spans that name each other as parents are kept, the earliest as if its parent were lost", () => {
  const tree = traceTree([
    spanOf("root", undefined, 0, 9),
    spanOf("early-tail", "b", 1, 2),
    spanOf("a", "b", 3, 4),
    spanOf("b", "a", 2, 4),
    spanOf("own", "own", 5, 6),
  ]);
  expect(shape(tree)).toBe("root(b?(early-tail a) own?)");
});

test("a ring without anything above it still makes a tree", () => {
  expect(shape(traceTree([spanOf("a", "b", 1, 2), spanOf("b", "a", 2, 3)]))).toBe("a(b)");
});

test("no spans make an empty tree", () => {
  expect(traceTree([])).toEqual({ traceId: "", roots: [], spans: 0, startMs: 0, endMs: 0 });
});

test("very long chains and very wide steps are no trouble", () => {
  const chain = Array.from({ length: 50_000 }, (_, index) =>
    spanOf(`c${index}`, index === 0 ? undefined : `c${index - 1}`, index, index + 1),
  );
  const wide = Array.from({ length: 200_000 }, (_, index) => spanOf(`w${index}`, "c0", 1, 2));
  const tree = traceTree([...chain, ...wide]);
  expect(tree.spans).toBe(250_000);
  expect(tree.roots[0]?.children).toHaveLength(200_001);
});

/** Spans with parents at will: missing, themselves, each other; reported up to three times. */
const reports = fc
  .array(
    fc.record({
      parent: fc.option(fc.integer({ min: 0, max: 25 }), { nil: undefined }),
      startMs: fc.nat({ max: 20 }),
      times: fc.integer({ min: 1, max: 3 }),
    }),
    { minLength: 1, maxLength: 20 },
  )
  .chain((parts) =>
    fc.shuffledSubarray(
      parts.flatMap(({ parent, startMs, times }, index) => {
        const above = parent === undefined ? undefined : `s${parent}`;
        return Array.from({ length: times }, () =>
          spanOf(`s${index}`, above, startMs, startMs + 1),
        );
      }),
      { minLength: 1 },
    ),
  );

test("every span of any report stands in the tree exactly once, below its parent or marked", () => {
  fc.assert(
    fc.property(reports, (reported) => {
      const tree = traceTree(reported);
      const ids = new Set(reported.map(({ spanId }) => spanId));
      const seen: string[] = [];
      const look = (node: TraceNode, above: SpanRecord | undefined): void => {
        seen.push(node.span.spanId);
        if (above !== undefined && !node.orphan) {
          expect(node.span.parentSpanId).toBe(above.spanId);
        }
        if (node.orphan) expect(above).toBe(tree.roots[0]?.span);
        const starts = node.children.map(({ span }) => span.startMs);
        expect(starts).toEqual([...starts].sort((a, b) => a - b));
        for (const child of node.children) look(child, node.span);
      };
      for (const root of tree.roots) look(root, undefined);
      expect(seen.sort()).toEqual([...ids].sort());
      expect(tree.spans).toBe(ids.size);
    }),
  );
});

test("the order of the reports makes no difference", () => {
  fc.assert(
    fc.property(reports, (reported) => {
      expect(shape(traceTree([...reported].reverse()))).toBe(shape(traceTree(reported)));
    }),
  );
});
