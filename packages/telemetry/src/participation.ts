import type { CriticalPath } from "./critical-path.ts";
import type { SpanRecord } from "./spans/span-record.ts";
import type { TraceNode, TraceTree } from "./trace-tree.ts";

/** What one agent did in a trace. */
export interface Participation {
  /** Address of the actor; of work that no actor is named for, the node. */
  readonly agent: string;
  readonly node: string;
  /** Spans that it recorded. */
  readonly spans: number;
  /** Those of them that failed. */
  readonly failed: number;
  /** Time in which it was at anything of this trace, milliseconds; what overlaps counts once. */
  readonly busyMs: number;
  /** Time that it spent itself, without what it waited for below, milliseconds. */
  readonly selfMs: number;
  /** Time in which everything waited for it, milliseconds. */
  readonly criticalMs: number;
}

/** How long spans of one name took by themselves. */
export interface SelfTime {
  readonly name: string;
  /** How many there are. */
  readonly spans: number;
  /** Their durations added up. */
  readonly totalMs: number;
  /** Without the time in which a span that they caused ran, milliseconds. */
  readonly selfMs: number;
}

/** Who took part in a trace, and how much; those with the most critical time first, then the busiest. */
export function participation(tree: TraceTree, path: CriticalPath): readonly Participation[] {
  const critical = new Map<string, number>();
  for (const { span, kind, startMs, endMs } of path.sections) {
    if (kind !== "work") continue;
    const agent = agentOf(span);
    critical.set(agent, (critical.get(agent) ?? 0) + endMs - startMs);
  }
  const agents = new Map<string, { spans: SpanRecord[]; selfMs: number }>();
  for (const node of nodesOf(tree)) {
    const agent = agentOf(node.span);
    const sums = agents.get(agent) ?? { spans: [], selfMs: 0 };
    sums.spans.push(node.span);
    sums.selfMs += selfMsOf(node);
    agents.set(agent, sums);
  }
  return [...agents]
    .map(([agent, { spans, selfMs }]) => ({
      agent,
      node: spans[0]?.node ?? "",
      spans: spans.length,
      failed: spans.filter(({ status }) => status === "error").length,
      busyMs: covered(spans),
      selfMs,
      criticalMs: critical.get(agent) ?? 0,
    }))
    .sort((one, other) => other.criticalMs - one.criticalMs || other.busyMs - one.busyMs);
}

/** Self time by name of span, longest first. */
export function selfTimes(tree: TraceTree): readonly SelfTime[] {
  const sums = new Map<string, { spans: number; totalMs: number; selfMs: number }>();
  for (const node of nodesOf(tree)) {
    const { name, startMs, endMs } = node.span;
    const sum = sums.get(name) ?? { spans: 0, totalMs: 0, selfMs: 0 };
    sum.spans += 1;
    sum.totalMs += endMs - startMs;
    sum.selfMs += selfMsOf(node);
    sums.set(name, sum);
  }
  return [...sums]
    .map(([name, sum]) => ({ name, ...sum }))
    .sort((one, other) => other.selfMs - one.selfMs);
}

/** The actor that a span is the work of: by the conventions for agents, or for messages that are handled. */
function agentOf({ attributes, kind, node }: SpanRecord): string {
  const agent = attributes["gen_ai.agent.id"];
  if (typeof agent === "string") return agent;
  const destination = attributes["messaging.destination.name"];
  return kind === "consumer" && typeof destination === "string" ? destination : node;
}

/** Without recursion: chains of messages can be very long. */
function* nodesOf({ roots }: TraceTree): Generator<TraceNode> {
  const waiting = [...roots];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    yield node;
    for (const child of node.children) waiting.push(child);
  }
}

/** A span's time without that of its children, as far as they ran within it. */
function selfMsOf({ span, children }: TraceNode): number {
  const within = children
    .map(({ span: child }) => ({
      startMs: Math.max(span.startMs, child.startMs),
      endMs: Math.min(span.endMs, child.endMs),
    }))
    .filter(({ startMs, endMs }) => endMs > startMs);
  return span.endMs - span.startMs - covered(within);
}

/** How much time intervals cover together. */
function covered(
  intervals: readonly { readonly startMs: number; readonly endMs: number }[],
): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const { startMs, endMs } of intervals.toSorted((a, b) => a.startMs - b.startMs)) {
    sum += Math.max(0, endMs - Math.max(startMs, until));
    until = Math.max(until, endMs);
  }
  return sum;
}
