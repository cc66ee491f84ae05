import { type GoalView, isUndo } from "@troupe/goals";
import { counted } from "./quantity.ts";
import { printable } from "./text.ts";

/** What is or was undone because the goal does not succeed, and how it ends after that. */
export function undoLines({ compensation, task }: GoalView): readonly string[] {
  if (compensation === undefined) return [];
  const undoing = task.filter(isUndo);
  const done = undoing.filter(({ status }) => status === "done").length;
  const failed = undoing.filter(({ status }) => status === "failed").length;
  const { outcome, error } = compensation;
  const why = error === undefined ? "" : `: ${printable(error.message)}`;
  return [
    `${done} of ${counted(undoing.length, "task")} undone${failed > 0 ? `, ${failed} could not be` : ""}`,
    `ends as ${outcome}${why}`,
  ];
}
