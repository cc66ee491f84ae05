import type { SpanRecord } from "./spans/span-record.ts";
import type { TraceNode, TraceTree } from "./trace-tree.ts";

/** A stretch of time in which one span was what everything waited for. */
export interface Section {
  readonly span: SpanRecord;
  readonly startMs: number;
  readonly endMs: number;
}

export interface CriticalPath {
  /** In time order, disjoint; together as long as the root span. */
  readonly sections: readonly Section[];
  readonly totalMs: number;
  /** Time on the path by span name, longest first. */
  readonly byName: readonly { readonly name: string; readonly ms: number }[];
  /** Time on the path by node, longest first. */
  readonly byNode: readonly { readonly node: string; readonly ms: number }[];
}

interface Visit {
  readonly node: TraceNode;
  /** The span's bounds as far as they lie within its parent's. */
  readonly start: number;
  cursor: number;
  /** Children by end, latest last; taken from the back. */
  readonly waiting: { readonly node: TraceNode; readonly start: number; readonly end: number }[];
}

/**
 * Which steps decided how long a trace took: from the end of the root backwards, always into the child
 * that ended last before the point reached (CRISP, Zhang et al. 2022). Children count only as far as
 * they lie within their parent. Messages are followed like calls, since an actor's step is caused by
 * the one that sent the message.
 */
export function criticalPath(tree: TraceTree): CriticalPath {
  const [root] = tree.roots;
  if (root === undefined) return { sections: [], totalMs: 0, byName: [], byNode: [] };
  const sections: Section[] = [];
  const emit = (span: SpanRecord, startMs: number, endMs: number): void => {
    if (endMs > startMs) sections.push({ span, startMs, endMs });
  };
  const stack = [visit(root, root.span.startMs, root.span.endMs)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const child = top.waiting.pop();
    if (child === undefined) {
      emit(top.node.span, top.start, top.cursor);
      stack.pop();
      const parent = stack.at(-1);
      if (parent !== undefined) parent.cursor = Math.min(parent.cursor, top.start);
      continue;
    }
    const end = Math.min(child.end, top.cursor);
    if (end <= child.start || end <= top.start) continue;
    // A child that ended after the point reached ran beside what was waited for.
    if (child.end > top.cursor) continue;
    emit(top.node.span, end, top.cursor);
    top.cursor = end;
    stack.push(visit(child.node, child.start, end));
  }
  sections.reverse();
  return {
    sections,
    totalMs: root.span.endMs - root.span.startMs,
    byName: sums(sections, ({ name }) => name).map(([name, ms]) => ({ name, ms })),
    byNode: sums(sections, ({ node }) => node).map(([node, ms]) => ({ node, ms })),
  };
}

function visit(node: TraceNode, start: number, end: number): Visit {
  const waiting = node.children
    .map((child) => ({
      node: child,
      start: Math.max(start, child.span.startMs),
      end: Math.min(end, child.span.endMs),
    }))
    .filter((child) => child.end > child.start)
    .sort((a, b) => a.end - b.end);
  return { node, start, cursor: end, waiting };
}

function sums(
  sections: readonly Section[],
  keyOf: (span: SpanRecord) => string,
): readonly (readonly [string, number])[] {
  const totals = new Map<string, number>();
  for (const { span, startMs, endMs } of sections) {
    const key = keyOf(span);
    totals.set(key, (totals.get(key) ?? 0) + endMs - startMs);
  }
  return [...totals].sort((a, b) => b[1] - a[1]);
}
