import { styleText } from "node:util";
import type { CriticalPath } from "./critical-path.ts";
import type { TraceNode, TraceTree } from "./trace-tree.ts";

export interface RenderOptions {
  /** Columns available. */
  readonly width: number;
  readonly colour: boolean;
}

/** Like siblings shown before the rest is summed up. */
const shownAlike = 3;
const barWidth = 24;
const durationWidth = 10;
const nodeWidth = 8;

interface Line {
  readonly label: string;
  readonly node: string;
  readonly startMs: number;
  readonly endMs: number;
  readonly critical: boolean;
  readonly failed: boolean;
  readonly faint: boolean;
}

/** A trace for a terminal: the tree with durations and bars, then where the time went. */
export function renderTrace(tree: TraceTree, path: CriticalPath, options: RenderOptions): string {
  const critical = new Set(path.sections.map(({ span }) => span.spanId));
  const lines: Line[] = [];
  for (const root of tree.roots) collect(root, "", "", critical, lines);
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const labelWidth = Math.max(20, options.width - barWidth - durationWidth - nodeWidth - 3);
  const total = Math.max(1e-9, tree.endMs - tree.startMs);
  const rows = lines.map((line) => {
    const label = fit(line.label, labelWidth);
    const from = Math.floor(((line.startMs - tree.startMs) / total) * barWidth);
    const length = Math.max(1, Math.round(((line.endMs - line.startMs) / total) * barWidth));
    const bar = `${" ".repeat(Math.min(from, barWidth - 1))}${(line.critical ? "█" : "▒").repeat(length)}`;
    const duration = formatMs(line.endMs - line.startMs).padStart(durationWidth);
    const text = `${label} ${fit(line.node, nodeWidth)}${duration} ${bar.slice(0, barWidth).padEnd(barWidth)}`;
    if (line.failed) return paint("red", text.trimEnd());
    if (line.critical) return paint("bold", text.trimEnd());
    return line.faint ? paint("dim", text.trimEnd()) : text.trimEnd();
  });
  const head = `trace ${tree.traceId}  ${tree.spans} spans, ${formatMs(tree.endMs - tree.startMs)}`;
  const where = path.byName.slice(0, 8).map(({ name, ms }) => {
    const share = Math.round((ms / Math.max(1e-9, path.totalMs)) * 100);
    return `  ${formatMs(ms).padStart(durationWidth)}  ${`${share} %`.padStart(5)}  ${name}`;
  });
  return [
    paint("bold", head),
    "",
    ...rows,
    "",
    paint("bold", `Where the time went: ${formatMs(path.totalMs)} on the critical path (█)`),
    ...where,
    "",
  ].join("\n");
}

function collect(
  node: TraceNode,
  lead: string,
  below: string,
  critical: ReadonlySet<string>,
  lines: Line[],
): void {
  const { span, orphan } = node;
  const failed = span.status === "error";
  const notes = [orphan ? "(parent lost)" : "", failed ? `✗ ${span.message ?? ""}` : ""];
  lines.push({
    label: `${lead}${[span.name, ...notes].filter((part) => part !== "").join(" ")}`,
    node: span.node,
    startMs: span.startMs,
    endMs: span.endMs,
    critical: critical.has(span.spanId),
    failed,
    faint: false,
  });
  const groups = shorten(node.children, critical);
  for (const [index, group] of groups.entries()) {
    const last = index === groups.length - 1;
    const branch = `${below}${last ? "└ " : "├ "}`;
    const further = `${below}${last ? "  " : "│ "}`;
    if (!Array.isArray(group)) {
      collect(group as TraceNode, branch, further, critical, lines);
      continue;
    }
    const hidden = group as readonly TraceNode[];
    lines.push({
      label: `${branch}… ${hidden.length} more ${hidden[0]?.span.name ?? ""}`,
      node: "",
      startMs: Math.min(...hidden.map((one) => one.span.startMs)),
      endMs: Math.max(...hidden.map((one) => one.span.endMs)),
      critical: false,
      failed: false,
      faint: true,
    });
  }
}

/** Children in order, with all but the first few of a name summed up, unless something shows in them. */
function shorten(
  children: readonly TraceNode[],
  critical: ReadonlySet<string>,
): readonly (TraceNode | readonly TraceNode[])[] {
  const shown: (TraceNode | readonly TraceNode[])[] = [];
  const counts = new Map<string, number>();
  const hidden = new Map<string, TraceNode[]>();
  for (const child of children) {
    const { name, spanId, status } = child.span;
    const count = (counts.get(name) ?? 0) + 1;
    counts.set(name, count);
    if (count <= shownAlike || critical.has(spanId) || status === "error") shown.push(child);
    else {
      const group = hidden.get(name);
      if (group !== undefined) group.push(child);
      else {
        const fresh = [child];
        hidden.set(name, fresh);
        shown.push(fresh);
      }
    }
  }
  return shown;
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`;
}
