import type { SpanRecord } from "./spans/span-record.ts";

/** A span with the spans it caused. */
export interface TraceNode {
  readonly span: SpanRecord;
  readonly children: readonly TraceNode[];
  /** True when its parent was never reported: its process died before the parent ended. */
  readonly orphan: boolean;
}

/** A whole trace. */
export interface TraceTree {
  readonly traceId: string;
  readonly roots: readonly TraceNode[];
  readonly spans: number;
  readonly startMs: number;
  readonly endMs: number;
}

/**
 * Puts the spans of one trace together. Repeated reports of a span count once; spans whose parent is
 * missing hang under the earliest root, marked; siblings stand in the order they began.
 */
export function traceTree(reported: readonly SpanRecord[]): TraceTree {
  const spans = new Map(reported.map((span) => [span.spanId, span]));
  const children = new Map<string, SpanRecord[]>();
  const roots: SpanRecord[] = [];
  const orphans: SpanRecord[] = [];
  for (const span of spans.values()) {
    const { parentSpanId } = span;
    if (parentSpanId === undefined) roots.push(span);
    else if (spans.has(parentSpanId)) {
      const siblings = children.get(parentSpanId) ?? [];
      siblings.push(span);
      children.set(parentSpanId, siblings);
    } else orphans.push(span);
  }
  if (roots.length === 0) {
    // The trace began in a process that does not report here: its nearest descendants are roots.
    const first = orphans.sort(byStart).shift();
    if (first !== undefined) roots.push(first);
  }
  roots.sort(byStart);
  const [first] = roots;
  const lost = new Set(orphans.map(({ spanId }) => spanId));
  if (first !== undefined && orphans.length > 0) {
    children.set(first.spanId, [...(children.get(first.spanId) ?? []), ...orphans]);
  }
  const all = [...spans.values()];
  return {
    traceId: all[0]?.traceId ?? "",
    roots: build(roots, children, lost),
    spans: all.length,
    startMs: all.reduce((least, { startMs }) => Math.min(least, startMs), Number.POSITIVE_INFINITY),
    endMs: all.reduce((most, { endMs }) => Math.max(most, endMs), 0),
  };
}

/** Bottom up and without recursion: chains of messages can be very long. */
function build(
  roots: readonly SpanRecord[],
  children: ReadonlyMap<string, readonly SpanRecord[]>,
  lost: ReadonlySet<string>,
): readonly TraceNode[] {
  const order: SpanRecord[] = [];
  const stack = [...roots];
  const seen = new Set<string>();
  for (let span = stack.pop(); span !== undefined; span = stack.pop()) {
    if (seen.has(span.spanId)) continue;
    seen.add(span.spanId);
    order.push(span);
    stack.push(...(children.get(span.spanId) ?? []));
  }
  const nodes = new Map<string, TraceNode>();
  for (const span of order.reverse()) {
    const below = [...(children.get(span.spanId) ?? [])].sort(byStart).flatMap(({ spanId }) => {
      const node = nodes.get(spanId);
      return node === undefined ? [] : [node];
    });
    nodes.set(span.spanId, { span, children: below, orphan: lost.has(span.spanId) });
  }
  return roots.flatMap(({ spanId }) => nodes.get(spanId) ?? []);
}

function byStart(a: SpanRecord, b: SpanRecord): number {
  return a.startMs - b.startMs || (a.spanId < b.spanId ? -1 : 1);
}
