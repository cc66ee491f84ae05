import { type GoalSummary, hasEnded } from "@troupe/goals";
import { formatDuration, formatMoment } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { table } from "./table.ts";
import { printable } from "./text.ts";

/** The phase of a goal with its sign and colour. */
export function phaseSign(phase: string, { paint }: Screen): string {
  switch (phase) {
    case "succeeded":
      return paint("green", `${signs.done} ${phase}`);
    case "failed":
      return paint("red", `${signs.failed} ${phase}`);
    case "cancelled":
      return paint("yellow", `${signs.failed} ${phase}`);
    case "expired":
      return paint("dim", `${signs.done} ${phase}`);
    default:
      return paint("cyan", `${signs.waiting} ${phase}`);
  }
}

/** Where a goal stands, in a few words: its phase, and what that leaves out. */
export function standing(
  goal: Pick<GoalSummary, "phase" | "suspended" | "approvals" | "partial">,
  screen: Screen,
): string {
  const { paint } = screen;
  if (goal.suspended) return paint("yellow", `${signs.asking} asleep: waits for approval`);
  if (goal.approvals > 0)
    return paint("yellow", `${signs.asking} ${goal.phase}, asks for approval`);
  if (goal.partial === true) return paint("green", `${signs.done} ${goal.phase} in part`);
  return phaseSign(goal.phase, screen);
}

/** How long a goal took; one that has not ended takes until now. */
export function lasting(
  { phase, acceptedAt, updatedAt }: Pick<GoalSummary, "phase" | "acceptedAt" | "updatedAt">,
  now: number,
): string {
  // The clock of the node that decided may be ahead of this one.
  return formatDuration((hasEnded({ phase }) ? updatedAt : Math.max(now, updatedAt)) - acceptedAt);
}

/**
 * The goals known, one line each.
 *
 * @param now milliseconds since the epoch
 */
export function goalListScreen(
  goals: readonly GoalSummary[],
  now: number,
  screen: Screen,
): readonly string[] {
  if (goals.length === 0) {
    return ["No goals yet. Publish one: troupe goal submit --kind clean --source FILE"];
  }
  const rows = goals.map((goal) => [
    goal.id,
    printable(goal.kind),
    standing(goal, screen),
    `${goal.tasksDone}/${goal.tasks}`,
    String(goal.replannings),
    formatMoment(goal.acceptedAt),
    lasting(goal, now),
    printable(goal.error ?? ""),
  ]);
  return table(
    [
      { title: "goal" },
      { title: "kind" },
      { title: "phase" },
      { title: "tasks", align: "right" },
      { title: "replanned", align: "right" },
      { title: "accepted" },
      { title: "took", align: "right" },
      { title: "error", flexible: true },
    ],
    rows,
    screen.width,
    screen.paint,
  );
}
