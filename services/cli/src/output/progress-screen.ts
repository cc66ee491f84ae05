import { cleanKind, etlKind, type TaskState } from "@troupe/goals";
import { inDependencyOrder } from "./dependency-order.ts";
import type { Progress } from "./progress.ts";
import { counted, formatDuration, formatShare } from "./quantity.ts";
import { type Screen, signs, spinnerAt } from "./screen.ts";
import { labelOf, listed, taskLabel } from "./task-label.ts";
import { padEnd, padStart, printable, truncate, widthOf } from "./text.ts";
import { voteLines } from "./votes.ts";

interface Row {
  readonly sign: string;
  readonly label: string;
  readonly detail: string;
  readonly took?: string;
}

/** Votes shown while the goal runs; the result shows all. */
const votesShown = 6;

/**
 * A running goal as a task list, one line per task.
 *
 * @param now milliseconds since the epoch, for running durations and the spinner
 */
export function progressScreen(progress: Progress, now: number, screen: Screen): readonly string[] {
  const { state, opening } = progress;
  const { paint } = screen;
  if (state.phase === "unknown") {
    return [
      line(
        { sign: turning(now, screen), label: "waiting for a node to take the goal", detail: "" },
        0,
        screen,
      ),
    ];
  }
  const tasks = inDependencyOrder(Object.values(state.tasks));
  const before = tasks
    .filter(({ id }) => opening.includes(id))
    .map((t) => taskRow(t, progress, now, screen));
  const after = tasks
    .filter(({ id }) => !opening.includes(id))
    .map((t) => taskRow(t, progress, now, screen));
  const agreement = agrees(state) ? agreementRow(progress, now, screen) : undefined;
  const plan = planRow(progress, now, screen);
  const middle = [agreement, plan].filter((row) => row !== undefined);
  const rows = [...before, ...middle, ...after];
  const labels = Math.min(
    Math.max(...rows.map(({ label }) => widthOf(label))),
    Math.floor(screen.width / 2),
  );
  const draw = (row: Row): string => line(row, labels, screen);
  const shown = state.votes.slice(0, votesShown);
  const more = state.votes.length - shown.length;
  return [
    ...before.map(draw),
    ...(agreement === undefined ? [] : [draw(agreement)]),
    ...voteLines(shown, { ...screen, width: screen.width - 4 }).map((vote) => `    ${vote}`),
    ...(more > 0 ? [paint("dim", `    and ${counted(more, "more vote")}`)] : []),
    ...(plan === undefined ? [] : [draw(plan)]),
    ...after.map(draw),
    ...state.replannings.flatMap((replanning) => replanningLines(replanning, progress, screen)),
    ...standingLines(state, screen),
  ];
}

/** What goes on with the goal as a whole beside its tasks. */
function standingLines(state: Progress["state"], { width, paint }: Screen): readonly string[] {
  const lines: string[] = [];
  if (state.compensation !== undefined) {
    const { outcome, error } = state.compensation;
    const why = error === undefined ? "" : `: ${printable(error.message)}`;
    lines.push(
      paint("yellow", `${signs.replanned} what was done is undone, then ${outcome}${why}`),
    );
  }
  if (state.counts.asked > 0) {
    const which = state.counts.asked === 1 ? "" : " --task TASK";
    const asleep = state.suspended ? "asleep: waits for approval" : "waits for approval";
    const answer = `troupe goal approve ${state.id}${which} [--reject]`;
    lines.push(paint("yellow", `${signs.asking} ${asleep}; answer: ${answer}`));
  }
  return lines.map((line) => truncate(line, width));
}

function turning(now: number, { paint }: Screen): string {
  return paint("cyan", spinnerAt(now));
}

function line(
  { sign, label, detail, took }: Row,
  labels: number,
  { width, paint }: Screen,
): string {
  const end = took === undefined ? "" : padStart(took, 9);
  const name = padEnd(truncate(label, labels === 0 ? width : labels), labels);
  const room = width - widthOf(name) - widthOf(end) - 4;
  const shown = `${sign} ${name}  ${padEnd(truncate(detail, room), room)}${paint("dim", end)}`;
  return truncate(shown.trimEnd(), width);
}

function taskRow(task: TaskState, progress: Progress, now: number, screen: Screen): Row {
  const { paint } = screen;
  const label = taskLabel(task);
  switch (task.status) {
    case "done":
      return {
        sign: paint("green", signs.done),
        label,
        detail: awardOf(task, screen),
        took: formatDuration(task.durationMs ?? 0),
      };
    case "awarded":
      return {
        sign: turning(now, screen),
        label: paint("bold", label),
        detail: awardOf(task, screen),
        took: formatDuration(Math.max(0, now - (task.awardedAt ?? now))),
      };
    case "failed": {
      const failure = progress.failures.findLast(({ task: id }) => id === task.id);
      const why =
        failure === undefined
          ? task.because === undefined
            ? (task.error?.message ?? "failed")
            : notTried(task, progress)
          : `${failure.class} ${signs.arrow} ${failure.strategy}`;
      return { sign: paint("red", signs.failed), label, detail: paint("red", printable(why)) };
    }
    case "asked":
      return {
        sign: paint("yellow", signs.asking),
        label: paint("bold", label),
        detail: paint("yellow", printable(task.question ?? "waits for approval")),
      };
    case "skipped":
      return {
        sign: paint("dim", signs.skipped),
        label: paint("dim", label),
        detail: paint("dim", task.because === undefined ? "left out" : notTried(task, progress)),
      };
    case "waiting":
      return {
        sign: paint("dim", signs.waiting),
        label: paint("dim", label),
        detail: paint("dim", waitingFor(task, progress)),
      };
  }
}

function notTried({ status, because = "" }: TaskState, { state }: Progress): string {
  const verb = status === "skipped" ? "left out" : "not tried";
  return `${verb}, because of ${labelOf(because, state.tasks)}`;
}

function awardOf(task: TaskState, { paint }: Screen): string {
  const winner = printable(task.winner ?? "");
  const bid =
    task.price === undefined || task.bids.length === 0
      ? ""
      : ` at ${task.price.toFixed(2)} of ${counted(task.bids.length, "bid")}`;
  const again = task.attempts > 1 ? paint("yellow", `  attempt ${task.attempts}`) : "";
  return `${winner}${paint("dim", bid)}${again}`;
}

function waitingFor(task: TaskState, { state }: Progress): string {
  const open = task.dependsOn.filter((id) => state.tasks[id]?.status !== "done");
  if (open.length === 0)
    return task.attempts > 0 ? `attempt ${task.attempts + 1}: taking bids` : "taking bids";
  return `after ${listed(open.map((id) => labelOf(id, state.tasks)))}`;
}

function agreementRow(progress: Progress, now: number, screen: Screen): Row {
  const { state, deliberatedAt, openingEndedAt } = progress;
  const { paint } = screen;
  const label = "agree on the data";
  if (deliberatedAt === undefined) {
    const ready = openingEndedAt !== undefined;
    return ready
      ? {
          sign: turning(now, screen),
          label: paint("bold", label),
          detail: "analysts propose and vote",
          took: formatDuration(Math.max(0, now - openingEndedAt)),
        }
      : { sign: paint("dim", signs.waiting), label: paint("dim", label), detail: "" };
  }
  const took =
    openingEndedAt === undefined ? {} : { took: formatDuration(deliberatedAt - openingEndedAt) };
  const analysts = counted(state.proposals.length, "analyst");
  const voted = state.votes.length === 0 ? "of one mind" : counted(state.votes.length, "vote");
  const sure =
    state.agreementConfidence === undefined
      ? ""
      : `, ${formatShare(state.agreementConfidence, 1)} sure`;
  return {
    sign: paint("green", signs.done),
    label,
    detail: `${analysts}, ${voted}${paint("dim", sure)}`,
    ...took,
  };
}

/** Whether analysts agree on something before such a goal is planned. */
function agrees({ goal }: Progress["state"]): boolean {
  return goal.kind === cleanKind.name || goal.kind === etlKind.name;
}

function planRow(progress: Progress, now: number, screen: Screen): Row | undefined {
  const { state, deliberatedAt, openingEndedAt, plannedAt, opening } = progress;
  const { paint } = screen;
  const isAgreed = !agrees(state) || deliberatedAt !== undefined;
  if (!isAgreed || (opening.length > 0 && openingEndedAt === undefined)) return undefined;
  const begunAt = deliberatedAt ?? openingEndedAt ?? state.acceptedAt;
  if (plannedAt === undefined) {
    return {
      sign: turning(now, screen),
      label: paint("bold", "plan"),
      detail: "",
      took: formatDuration(Math.max(0, now - begunAt)),
    };
  }
  const tasks = Object.keys(state.tasks).filter((id) => !opening.includes(id)).length;
  const sure =
    state.planConfidence === undefined
      ? ""
      : `, ${formatShare(state.planConfidence, 1)} likely to succeed as it is`;
  return {
    sign: paint("green", signs.done),
    label: "plan",
    detail: `${counted(tasks, "task")}, ${state.criticalPath.length} on the critical path${paint("dim", sure)}`,
    took: formatDuration(plannedAt - begunAt),
  };
}

function replanningLines(
  replanning: Progress["state"]["replannings"][number],
  { state }: Progress,
  { width, paint }: Screen,
): readonly string[] {
  const { kept, added, removed, cause } = replanning;
  const name = (ids: readonly string[]): string =>
    listed(ids.map((id) => labelOf(id, state.tasks)));
  const changes = [
    `kept ${kept.length}`,
    ...(added.length > 0 ? [`added ${name(added)}`] : []),
    ...(removed.length > 0 ? [`removed ${name(removed)}`] : []),
  ].join(", ");
  return [
    truncate(`${paint("yellow", signs.replanned)} replanned: ${changes}`, width),
    truncate(paint("dim", `    because ${printable(cause)}`), width),
  ];
}
