import { awaitedBy } from "./happens-before.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import type { TraceNode, TraceTree } from "./trace-tree.ts";
import { type Step, stepsOf } from "./waited-for.ts";

/** A stretch of time in which one span was what everything waited for. */
export interface Section {
  readonly span: SpanRecord;
  /** `wait`: it had not begun yet, though what it depends on was done. */
  readonly kind: "work" | "wait";
  readonly startMs: number;
  readonly endMs: number;
}

/** What decided how long a trace took. */
export interface CriticalPath {
  /** In time order, each beginning where the one before it ends. */
  readonly sections: readonly Section[];
  /** From the start of the root span until the last span that it caused has ended. */
  readonly totalMs: number;
  /** Time on the path by span name, longest first; waits apart, as `wait for <name>`. */
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
  /** What the walk has just come back from, and what that had waited for, here or below. */
  awaited: { readonly by: Step; readonly cause: Step; readonly here: Step } | undefined;
}

/**
 * Which steps decided how long a trace took: from its end backwards, always into the child that ended
 * last before the point reached (CRISP, Zhang et al. 2022).
 *
 * Unlike a call, a message is often worked on when the step that sent it is long over. Such a span
 * counts as a child of the nearest step before it that was still running, or of the root. Where it
 * began, the walk goes on in its sender if that was still running. While a message was under way, the
 * time is that of the step it counts for.
 *
 * A tree does not know what a step had to wait for beside its sender: links and the dependencies of tasks
 * tell. Before such a step came the last of what it waited for, however many others ended in between; what
 * was done between the two counts if it began after it, and the rest is the step's wait.
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
    byName: sums(sections, ({ span: { name }, kind }) =>
      kind === "wait" ? `wait for ${name}` : name,
    ).map(([name, ms]) => ({ name, ms })),
    byNode: sums(sections, ({ span }) => span.node).map(([node, ms]) => ({ node, ms })),
  };
}

/** Latest section first. */
function walk(root: Step, startMs: number, endMs: number): Section[] {
  const sections: Section[] = [];
  const causes = causesOf(root);
  let cursor = endMs;
  const spend = ({ span }: Step, from: number, kind: Section["kind"] = "work"): void => {
    if (from < cursor) sections.push({ span, kind, startMs: from, endMs: cursor });
    cursor = Math.min(cursor, from);
  };
  const visit = (step: Step, from: number): Visit => ({
    step,
    startMs: from,
    left: step.children.length,
    sender: undefined,
    awaited: undefined,
  });
  const stack = [visit(root, startMs)];
  for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
    const { sender, step, awaited } = top;
    top.sender = undefined;
    if (awaited !== undefined && cursor > top.startMs) {
      top.awaited = undefined;
      const { by, cause, here } = awaited;
      const between = nextChild(top, cursor, here.span.endMs);
      const next = between ?? here;
      spend(by, Math.max(top.startMs, Math.min(cursor, next.span.endMs)), "wait");
      const inside = visit(next, Math.max(top.startMs, next.span.startMs));
      if (between !== undefined) top.awaited = awaited;
      else if (here !== cause) inside.awaited = foundIn(here, by, cause);
      stack.push(inside);
      continue;
    }
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
    if (below === undefined) continue;
    const last = causes.get(step);
    const found = last && foundIn(below.step, step, last);
    if (found !== undefined && found.here.span.startMs < cursor) below.awaited = found;
    else if (step.parent !== below.step) below.sender = step.parent;
  }
  return sections;
}

/** What each step waited for, as far as it is part of the trace. */
function causesOf(root: Step): ReadonlyMap<Step, Step> {
  const steps = new Map<string, Step>();
  const waiting = [root];
  for (let step = waiting.pop(); step !== undefined; step = waiting.pop()) {
    steps.set(step.span.spanId, step);
    for (const child of step.children) waiting.push(child);
  }
  const spans = [...steps.values()].map(({ span }) => span);
  const causes = new Map<Step, Step>();
  for (const [id, { spanId }] of awaitedBy(spans, clockWidthMs)) {
    const step = steps.get(id);
    const cause = steps.get(spanId);
    if (step !== undefined && cause !== undefined) causes.set(step, cause);
  }
  return causes;
}

/** The child of `within` in which a cause is to be found, if it is one of its own or below one. */
function foundIn(within: Step, by: Step, cause: Step): Visit["awaited"] {
  let here: Step | undefined = cause;
  while (here !== undefined && here.within !== within) here = here.within;
  return here && { by, cause, here };
}

/** The child of `within` through which `sender` came about, if it still ran at `cursor`. */
function stillRunning(sender: Step, within: Step, cursor: number): Step | undefined {
  let step: Step | undefined = sender;
  while (step !== undefined && step.within !== within) step = step.within;
  if (step === undefined) return undefined;
  return step.span.startMs < cursor && step.span.endMs > cursor ? step : undefined;
}

/**
 * The child that ended last before `cursor`. One that ended after it ran beside what was waited for, and so
 * did one that began before `floor`, when something that ended then was waited for.
 */
function nextChild(
  visit: Visit,
  cursor: number,
  floor = Number.NEGATIVE_INFINITY,
): Step | undefined {
  while (visit.left > 0) {
    const child = visit.step.children[visit.left - 1];
    if (child === undefined || child.span.endMs <= floor) break;
    visit.left -= 1;
    const { startMs, endMs } = child.span;
    if (startMs < floor - clockWidthMs) continue;
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
  keyOf: (section: Section) => string,
): readonly (readonly [string, number])[] {
  const totals = new Map<string, number>();
  for (const section of sections) {
    const { startMs, endMs } = section;
    const key = keyOf(section);
    totals.set(key, (totals.get(key) ?? 0) + endMs - startMs);
  }
  return [...totals].sort((a, b) => b[1] - a[1]);
}
