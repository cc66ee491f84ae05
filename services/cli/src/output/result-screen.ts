import type { GoalView } from "@troupe/goals";
import type { CriticalPath } from "@troupe/telemetry";
import { traceOf } from "../goal-trace.ts";
import { criticalChain } from "./critical-chain.ts";
import { chainLines, sectionLines } from "./critical-sections.ts";
import { dissentLines } from "./dissent.ts";
import { counted, formatDuration } from "./quantity.ts";
import { replanningLines } from "./replanning.ts";
import { resultSections } from "./result-sections.ts";
import { type Screen, signs } from "./screen.ts";
import { inSection, sections } from "./sections.ts";
import { taskLabel } from "./task-label.ts";
import { tasksTable } from "./tasks-table.ts";
import { printable, wrapParts } from "./text.ts";
import { undoLines } from "./undo.ts";
import { voteLines } from "./votes.ts";

export interface ResultOptions {
  /** Base address of the Jaeger or OTLP endpoint that spans are sent to, when there is one. */
  readonly otlpEndpoint?: string | undefined;
  /** What decided how long it took, by its spans. Without it, the task durations tell. */
  readonly path?: CriticalPath | undefined;
}

/** How a goal ended, in full: what there is now, why, who did it, and how to see more. */
export function resultScreen(
  view: GoalView,
  options: ResultOptions,
  screen: Screen,
): readonly string[] {
  const inner = inSection(screen);
  return [
    headline(view, screen),
    ...sections(
      [
        ...resultSections(view, inner),
        { title: votesTitle(view), lines: voteLines(view.votes, inner) },
        { title: "Dissent", lines: dissentLines(view, inner) },
        { title: "Undone", lines: undoLines(view) },
        { title: "Who did what", lines: tasksTable(view.task, inner) },
        { title: "Replanned", lines: replanningLines(view, inner) },
        { title: "Critical path", lines: pathLines(view, options.path, inner) },
        { title: "Look closer", lines: lookCloser(view, options.otlpEndpoint) },
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

function lookCloser(view: GoalView, otlpEndpoint: string | undefined): readonly string[] {
  const { traceId, sampled } = traceOf(view);
  return [
    `troupe trace ${view.id}${sampled ? "" : " (it was not traced: says what helps)"}`,
    `troupe plan ${view.id}`,
    ...(otlpEndpoint === undefined || !sampled
      ? []
      : [`trace ${traceId} in Jaeger (spans are sent to ${printable(otlpEndpoint)})`]),
  ];
}
