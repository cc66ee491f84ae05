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
 * missing hang under the earliest root, marked, as does the earliest of spans that name each other as
 * parents; siblings stand in the order they began.
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
  orphans.push(...circular(spans, [...roots, ...orphans], children));
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
    startMs: all.reduce((least, { startMs }) => Math.min(least, startMs), all[0]?.startMs ?? 0),
    endMs: all.reduce((most, { endMs }) => Math.max(most, endMs), 0),
  };
}

/**
 * Spans that no other leads to because some name each other as parents: the earliest of each such
 * ring, taken out of its parent's children.
 */
function circular(
  spans: ReadonlyMap<string, SpanRecord>,
  tops: readonly SpanRecord[],
  children: Map<string, SpanRecord[]>,
): readonly SpanRecord[] {
  const cut: SpanRecord[] = [];
  const reached = new Set<string>();
  const reach = (top: SpanRecord): void => {
    const stack = [top];
    for (let span = stack.pop(); span !== undefined; span = stack.pop()) {
      reached.add(span.spanId);
      for (const child of children.get(span.spanId) ?? []) stack.push(child);
    }
  };
  for (const top of tops) reach(top);
  for (const span of spans.values()) {
    if (reached.has(span.spanId)) continue;
    const earliest = ringAbove(span, spans).reduce((a, b) => (byStart(a, b) < 0 ? a : b));
    const { parentSpanId = "" } = earliest;
    const siblings = children.get(parentSpanId) ?? [];
    children.set(
      parentSpanId,
      siblings.filter((sibling) => sibling !== earliest),
    );
    cut.push(earliest);
    reach(earliest);
  }
  return cut;
}

function ringAbove(
  span: SpanRecord,
  spans: ReadonlyMap<string, SpanRecord>,
): readonly [SpanRecord, ...SpanRecord[]] {
  const above = (one: SpanRecord): SpanRecord => spans.get(one.parentSpanId ?? "") ?? one;
  const passed = new Set<SpanRecord>();
  let at = span;
  for (; !passed.has(at); at = above(at)) passed.add(at);
  const ring: [SpanRecord, ...SpanRecord[]] = [at];
  for (let next = above(at); next !== at; next = above(next)) ring.push(next);
  return ring;
}

/** Bottom up and without recursion: chains of messages can be very long. */
function build(
  roots: readonly SpanRecord[],
  children: ReadonlyMap<string, readonly SpanRecord[]>,
  lost: ReadonlySet<string>,
): readonly TraceNode[] {
  const order: SpanRecord[] = [];
  const stack = [...roots];
  for (let span = stack.pop(); span !== undefined; span = stack.pop()) {
    order.push(span);
    // One by one: a step may have caused more spans than a call takes arguments.
    for (const child of children.get(span.spanId) ?? []) stack.push(child);
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
