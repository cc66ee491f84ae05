import type { SpanRecord } from "./spans/span-record.ts";
import type { TraceNode, TraceTree } from "./trace-tree.ts";
import { type Step, stepsOf } from "./waited-for.ts";

/** A stretch of time in which one span was what everything waited for. */
export interface Section {
  readonly span: SpanRecord;
  readonly startMs: number;
  readonly endMs: number;
}

export interface CriticalPath {
  /** In time order, each beginning where the one before it ends. */
  readonly sections: readonly Section[];
  /** From the start of the root span until the last span that it caused has ended. */
  readonly totalMs: number;
  /** Time on the path by span name, longest first. */
  readonly byName: readonly { readonly name: string; readonly ms: number }[];
  /** Time on the path by node, longest first. */
  readonly byNode: readonly { readonly node: string; readonly ms: number }[];
}

/** What clocks of two nodes may differ by, milliseconds: siblings in turn can seem to overlap by it. */
const clockWidthMs = 1;

interface Visit {
  readonly step: Step;
  readonly startMs: number;
  /** How many of the step's children, which are in order of their ends, are still to be looked at. */
  left: number;
  /** The span that sent what the walk has just come back from. */
  sender: Step | undefined;
}

/**
 * Which steps decided how long a trace took: from its end backwards, always into the child that ended
 * last before the point reached (CRISP, Zhang et al. 2022).
 *
 * Unlike a call, a message is often worked on when the step that sent it is long over. Such a span
 * counts as a child of the nearest step before it that was still running, or of the root. Where it
 * began, the walk goes on in its sender if that was still running. While a message was under way, the
 * time is that of the step it counts for.
 */
export function criticalPath(tree: TraceTree): CriticalPath {
  const [root] = tree.roots;
  if (root === undefined) return { sections: [], totalMs: 0, byName: [], byNode: [] };
  const { startMs } = root.span;
  const endMs = Math.max(startMs, endOf(root));
  const sections = walk(stepsOf(root), startMs, endMs).reverse();
  return {
    sections,
    totalMs: endMs - startMs,
    byName: sums(sections, ({ name }) => name).map(([name, ms]) => ({ name, ms })),
    byNode: sums(sections, ({ node }) => node).map(([node, ms]) => ({ node, ms })),
  };
}

/** Latest section first. */
function walk(root: Step, startMs: number, endMs: number): Section[] {
  const sections: Section[] = [];
  let cursor = endMs;
  const spend = ({ span }: Step, from: number): void => {
    if (from < cursor) sections.push({ span, startMs: from, endMs: cursor });
    cursor = Math.min(cursor, from);
  };
  const visit = (step: Step, from: number): Visit => ({
    step,
    startMs: from,
    left: step.children.length,
    sender: undefined,
  });
  const stack = [visit(root, startMs)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { sender, step } = top;
    top.sender = undefined;
    const cause = sender && stillRunning(sender, step, cursor);
    const next = cursor > top.startMs ? (cause ?? nextChild(top, cursor)) : undefined;
    if (next !== undefined) {
      spend(step, Math.max(top.startMs, Math.min(cursor, next.span.endMs)));
      const inside = visit(next, Math.max(top.startMs, next.span.startMs));
      if (cause !== undefined && cause !== sender) inside.sender = sender;
      stack.push(inside);
      continue;
    }
    spend(step, top.startMs);
    stack.pop();
    const below = stack.at(-1);
    if (below !== undefined && step.parent !== below.step) below.sender = step.parent;
  }
  return sections;
}

/** The child of `within` through which `sender` came about, if it still ran at `cursor`. */
function stillRunning(sender: Step, within: Step, cursor: number): Step | undefined {
  let step: Step | undefined = sender;
  while (step !== undefined && step.within !== within) step = step.within;
  if (step === undefined) return undefined;
  return step.span.startMs < cursor && step.span.endMs > cursor ? step : undefined;
}

/** The child that ended last before `cursor`. One that ended after it ran beside what was waited for. */
function nextChild(visit: Visit, cursor: number): Step | undefined {
  while (visit.left > 0) {
    visit.left -= 1;
    const child = visit.step.children[visit.left];
    if (child === undefined) break;
    const { startMs, endMs } = child.span;
    const tolerated = Math.min(clockWidthMs, (endMs - startMs) / 2);
    if (startMs >= cursor || endMs <= visit.startMs || endMs <= startMs) continue;
    if (endMs - cursor <= tolerated) return child;
  }
  return undefined;
}

function endOf(root: TraceNode): number {
  let last = root.span.endMs;
  const waiting = [root];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    last = Math.max(last, node.span.endMs);
    for (const child of node.children) waiting.push(child);
  }
  return last;
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
