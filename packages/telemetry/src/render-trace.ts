import { styleText } from "node:util";
import type { CriticalPath } from "./critical-path.ts";
import { participation } from "./participation.ts";
import { traceLines } from "./trace-lines.ts";
import type { TraceTree } from "./trace-tree.ts";

/** How a trace is written for people. */
export interface RenderOptions {
  /** Columns available. */
  readonly width: number;
  readonly colour: boolean;
}

const barWidth = 24;
const durationWidth = 10;
const nodeWidth = 8;

/** Agents named at most. */
const agentsShown = 8;

/** A trace for a terminal: the tree with durations and bars, then where the time went, and who took part. */
export function renderTrace(tree: TraceTree, path: CriticalPath, options: RenderOptions): string {
  const critical = new Set(path.sections.map(({ span }) => span.spanId));
  const paint = (style: Parameters<typeof styleText>[0], text: string): string =>
    options.colour ? styleText(style, text, { validateStream: false }) : text;
  const labelWidth = Math.max(20, options.width - barWidth - durationWidth - nodeWidth - 3);
  const total = Math.max(1e-9, tree.endMs - tree.startMs);
  const rows = traceLines(tree.roots, critical, labelWidth).map((line) => {
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
    paint("bold", "Who took part: on the critical path, at work, spans"),
    ...participation(tree, path)
      .slice(0, agentsShown)
      .map(({ agent, spans, criticalMs, busyMs }) => {
        const times = [criticalMs, busyMs].map((ms) => formatMs(ms).padStart(durationWidth));
        return `  ${times.join("  ")}  ${String(spans).padStart(5)}  ${agent}`;
      }),
    "",
  ].join("\n");
}

function fit(text: string, width: number): string {
  return text.length > width ? `${text.slice(0, width - 1)}…` : text.padEnd(width);
}

function formatMs(ms: number): string {
  if (ms >= 10_000) return `${(ms / 1000).toFixed(1)} s`;
  if (ms >= 1000) return `${(ms / 1000).toFixed(2)} s`;
  return ms >= 10 ? `${ms.toFixed(0)} ms` : `${ms.toFixed(2)} ms`;
}
