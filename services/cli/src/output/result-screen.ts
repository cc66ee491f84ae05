import type { CleanResult, GoalView } from "@troupe/goals";
import type { CriticalPath } from "@troupe/telemetry";
import { bar } from "./bar.ts";
import { criticalChain } from "./critical-chain.ts";
import { chainLines, sectionLines } from "./critical-sections.ts";
import { counted, formatCount, formatDuration, formatShare } from "./quantity.ts";
import { replanningLines } from "./replanning.ts";
import { type Screen, signs } from "./screen.ts";
import { inSection, type Section, sections } from "./sections.ts";
import { taskLabel } from "./task-label.ts";
import { tasksTable } from "./tasks-table.ts";
import { padEnd, padStart, printable, wrap, wrapParts } from "./text.ts";
import { undoLines } from "./undo.ts";
import { voteLines } from "./votes.ts";

export interface ResultOptions {
  /** Base address of the Jaeger or OTLP endpoint that spans are sent to, when there is one. */
  readonly otlpEndpoint?: string | undefined;
  /** The result as the clean kind defines it; absent for other kinds and unsuccessful goals. */
  readonly clean?: CleanResult | undefined;
  /** What decided how long it took, by its spans. Without it, the task durations tell. */
  readonly path?: CriticalPath | undefined;
}

const shareCells = 20;

/** How a goal ended, in full: what there is now, why, who did it, and how to see more. */
export function resultScreen(
  view: GoalView,
  options: ResultOptions,
  screen: Screen,
): readonly string[] {
  const inner = inSection(screen);
  const { clean } = options;
  const traceId = view.trace.split("-")[1] ?? "";
  return [
    headline(view, screen),
    ...sections(
      [
        ...(clean === undefined ? otherResult(view) : cleanSections(clean, inner)),
        { title: votesTitle(view), lines: voteLines(view.votes, inner) },
        { title: "Undone", lines: undoLines(view) },
        { title: "Who did what", lines: tasksTable(view.task, inner) },
        { title: "Replanned", lines: replanningLines(view, inner) },
        { title: "Critical path", lines: pathLines(view, options.path, inner) },
        { title: "Look closer", lines: lookCloser(view.id, traceId, options.otlpEndpoint) },
      ],
      screen,
    ),
  ];
}

function headline(view: GoalView, { paint, width }: Screen): string {
  const took = formatDuration(view.updatedAt - view.acceptedAt);
  const name = paint("bold", view.id);
  if (view.phase === "succeeded") {
    const part = view.partial === true ? " in part" : "";
    return `${paint("green", signs.done)} ${name} succeeded${part} in ${took}`;
  }
  if (view.expired !== undefined) {
    return `${paint("dim", signs.done)} ${name} ${view.expired.outcome} in ${took}; its history has expired`;
  }
  const why = printable(view.failure?.message ?? view.error ?? "");
  const said = `${view.phase} after ${took}${why === "" ? "" : `: ${why}`}`;
  const [first = "", ...rest] = wrapParts([view.id, ...said.split(" ")], width - 2);
  const sign = paint(view.phase === "cancelled" ? "yellow" : "red", signs.failed);
  return [`${sign} ${first.replace(view.id, name)}`, ...rest.map((line) => `  ${line}`)].join("\n");
}

function cleanSections(clean: CleanResult, screen: Screen): readonly Section[] {
  const { files } = clean;
  const path = (name: string, value: string): string =>
    `${padEnd(name, 11)} ${screen.paint("cyan", printable(value))}`;
  return [
    {
      title: "What there is now",
      lines: [
        path("clean data", files.data),
        path("report", files.report),
        path("quarantine", files.quarantine),
        path("lineage", files.lineage),
        path("manifest", files.manifest),
        ...files.pictures.map((picture, index) => path(index === 0 ? "pictures" : "", picture)),
        `${padEnd("columns", 11)} ${counted(clean.columns.length, "column")}, quality score ${clean.quality.score.toFixed(1)} of 100`,
      ],
    },
    { title: "Rows", lines: rowLines(clean.rows, screen) },
    { title: "Why rows changed", lines: reasonLines(clean.reasons, screen) },
  ];
}

function rowLines(rows: CleanResult["rows"], { paint }: Screen): readonly string[] {
  const digits = formatCount(rows.source).length;
  const line = (count: number, what: string, style: "green" | "yellow" | "red" | "dim"): string => {
    const cells = paint(style, padEnd(bar(count, rows.source, shareCells), shareCells));
    return `${padStart(formatCount(count), digits)} ${padEnd(what, 12)} ${cells} ${formatShare(count, rows.source)}`;
  };
  return [
    `${formatCount(rows.source)} in the source`,
    line(rows.kept, "kept", "green"),
    line(rows.repaired, "repaired", "yellow"),
    line(rows.quarantined, "quarantined", "red"),
    line(rows.duplicates, "duplicates", "dim"),
  ];
}

function reasonLines(reasons: CleanResult["reasons"], { paint, width }: Screen): readonly string[] {
  const digits = Math.max(0, ...reasons.map(({ rows }) => formatCount(rows).length));
  return reasons.flatMap(({ action, column, reason, rows }) => {
    const head = `${padStart(formatCount(rows), digits)} ${padEnd(action, 12)} `;
    const where = column === undefined ? "" : `${printable(column)}: `;
    const lines = wrap(`${where}${printable(reason)}`, width - head.length);
    return lines.map((line, index) =>
      index === 0
        ? paint(action === "repaired" ? "yellow" : "red", head) + line
        : " ".repeat(head.length) + line,
    );
  });
}

function otherResult(view: GoalView): readonly Section[] {
  if (view.result === undefined) return [];
  return [{ title: "Result", lines: JSON.stringify(view.result, null, 2).split("\n") }];
}

function votesTitle({ votes }: GoalView): string {
  const decided = votes.filter(({ decided: option }) => option !== undefined).length;
  return `Votes: ${counted(votes.length, "question")} disputed, ${decided} decided`;
}

function pathLines(
  view: GoalView,
  path: CriticalPath | undefined,
  screen: Screen,
): readonly string[] {
  if (path !== undefined && path.sections.length > 0) return sectionLines(path, screen);
  const { width, paint } = screen;
  const { tasks, durationMs } = criticalChain(view.task);
  if (tasks.length === 0) return [];
  const steps = tasks.map((task) => ({ name: taskLabel(task), ms: task.durationMs ?? 0 }));
  return [
    ...chainLines(steps, width),
    paint(
      "dim",
      `${formatDuration(durationMs)} of work that nothing could run beside, by measured durations`,
    ),
  ];
}

function lookCloser(
  goal: string,
  traceId: string,
  otlpEndpoint: string | undefined,
): readonly string[] {
  return [
    `troupe trace ${goal}`,
    `troupe plan ${goal}`,
    ...(otlpEndpoint === undefined
      ? []
      : [`trace ${traceId} in Jaeger (spans are sent to ${printable(otlpEndpoint)})`]),
  ];
}
