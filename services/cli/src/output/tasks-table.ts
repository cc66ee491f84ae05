import type { GoalView } from "@troupe/goals";
import { inDependencyOrder } from "./dependency-order.ts";
import { formatDuration } from "./quantity.ts";
import { type Screen, signs } from "./screen.ts";
import { table } from "./table.ts";
import { taskLabel } from "./task-label.ts";
import { printable } from "./text.ts";

function statusSign(status: string, { paint }: Screen): string {
  switch (status) {
    case "done":
      return paint("green", signs.done);
    case "failed":
      return paint("red", signs.failed);
    case "awarded":
      return paint("cyan", "▸");
    case "asked":
      return paint("yellow", signs.asking);
    case "skipped":
      return paint("dim", signs.skipped);
    default:
      return paint("dim", signs.waiting);
  }
}

/** Who has or had a task; of one that nobody had, why. */
function doer({ status, winner, because, question }: GoalView["task"][number]): string {
  if (because !== undefined) {
    return `${status === "skipped" ? "left out" : "not tried"}, because of ${printable(because)}`;
  }
  if (status === "asked") return "asks people";
  if (status === "skipped") return "left out";
  return winner !== undefined && question !== undefined
    ? `answered by ${printable(winner)}`
    : printable(winner ?? "");
}

/** Who won which task, at what bid, against how many. */
export function tasksTable(tasks: GoalView["task"], screen: Screen): readonly string[] {
  const rows = inDependencyOrder(tasks).map((task) => [
    `${statusSign(task.status, screen)} ${taskLabel(task)}`,
    doer(task),
    task.price === undefined || task.bids.length === 0 ? "" : task.price.toFixed(2),
    task.bids.length === 0 ? "" : String(task.bids.length),
    task.attempts === 0 ? "" : String(task.attempts),
    task.durationMs === undefined ? "" : formatDuration(task.durationMs),
  ]);
  return table(
    [
      { title: "  task", flexible: true },
      { title: "won by" },
      { title: "bid", align: "right" },
      { title: "bidders", align: "right" },
      { title: "tries", align: "right" },
      { title: "took", align: "right" },
    ],
    rows,
    screen.width,
    screen.paint,
  );
}
