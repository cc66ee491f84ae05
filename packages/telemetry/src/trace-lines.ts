import type { TraceNode } from "./trace-tree.ts";

/** One row of a rendered trace: a span, or like spans summed up. */
export interface TraceLine {
  readonly label: string;
  readonly node: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly critical: boolean;
  readonly failed: boolean;
  readonly faint: boolean;
}

/** Spans on their way to a row; several share one when they are summed up. */
interface Group {
  readonly nodes: readonly TraceNode[];
  readonly summed: boolean;
}

/** Like siblings shown before the rest is summed up. */
const shownAlike = 3;

/**
 * The rows of a trace, without recursion: chains of messages can be very long.
 *
 * @param critical ids of the spans on the critical path
 * @param labelWidth columns of the labels; indentation beyond it would not be seen
 */
export function traceLines(
  roots: readonly TraceNode[],
  critical: ReadonlySet<string>,
  labelWidth: number,
): readonly TraceLine[] {
  const told = worthTelling(roots, critical);
  const lines: TraceLine[] = [];
  const waiting: (Group & { readonly lead: string; readonly below: string })[] = [];
  for (const node of roots.toReversed()) {
    waiting.push({ nodes: [node], summed: false, lead: "", below: "" });
  }
  for (let top = waiting.pop(); top !== undefined; top = waiting.pop()) {
    const [node] = top.nodes;
    if (node === undefined) continue;
    if (top.summed) {
      lines.push(sumOf(top.nodes, top.lead));
      continue;
    }
    lines.push(lineOf(node, top.lead, critical));
    const below = top.below.slice(0, labelWidth);
    let last = true;
    for (const group of groupsOf(node.children, told).toReversed()) {
      const [branch, further] = last ? ["└ ", "  "] : ["├ ", "│ "];
      waiting.push({ ...group, lead: `${below}${branch}`, below: `${below}${further}` });
      last = false;
    }
  }
  return lines;
}

function lineOf(
  { span, orphan }: TraceNode,
  lead: string,
  critical: ReadonlySet<string>,
): TraceLine {
  const failed = span.status === "error";
  const notes = [orphan ? "(parent lost)" : "", failed ? `✗ ${span.message ?? ""}`.trim() : ""];
  return {
    label: `${lead}${[span.name, ...notes]
      .filter((part) => part !== "")
      .join(" ")
      .replaceAll(/\s+/g, " ")}`,
    node: span.node,
    startMs: span.startMs,
    endMs: span.endMs,
    critical: critical.has(span.spanId),
    failed,
    faint: false,
  };
}

function sumOf(nodes: readonly TraceNode[], lead: string): TraceLine {
  return {
    label: `${lead}… ${nodes.length} more ${nodes[0]?.span.name ?? ""}`,
    node: "",
    startMs: nodes.reduce((least, { span }) => Math.min(least, span.startMs), Infinity),
    endMs: nodes.reduce((most, { span }) => Math.max(most, span.endMs), -Infinity),
    critical: false,
    failed: false,
    faint: true,
  };
}

/** Spans that are critical or failed, or lead to one that is. */
function worthTelling(
  roots: readonly TraceNode[],
  critical: ReadonlySet<string>,
): ReadonlySet<TraceNode> {
  const order: TraceNode[] = [];
  const waiting = [...roots];
  for (let node = waiting.pop(); node !== undefined; node = waiting.pop()) {
    order.push(node);
    for (const child of node.children) waiting.push(child);
  }
  const told = new Set<TraceNode>();
  for (const node of order.reverse()) {
    const { spanId, status } = node.span;
    if (critical.has(spanId) || status === "error" || node.children.some((one) => told.has(one))) {
      told.add(node);
    }
  }
  return told;
}

/** Children in order, with all but the first few of a name summed up, unless something shows in them. */
function groupsOf(children: readonly TraceNode[], told: ReadonlySet<TraceNode>): readonly Group[] {
  const groups: Group[] = [];
  const counts = new Map<string, number>();
  const sums = new Map<string, TraceNode[]>();
  for (const child of children) {
    const { name } = child.span;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    const sum = sums.get(name);
    if (count <= shownAlike || told.has(child)) groups.push({ nodes: [child], summed: false });
    else if (sum !== undefined) sum.push(child);
    else {
      const nodes = [child];
      sums.set(name, nodes);
      groups.push({ nodes, summed: true });
    }
  }
  return groups;
}
