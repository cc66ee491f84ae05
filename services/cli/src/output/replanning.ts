import type { GoalView } from "@troupe/goals";
import { type Screen, signs } from "./screen.ts";
import { labelOf, listed } from "./task-label.ts";
import { indented, printable, wrap } from "./text.ts";

/** Each repair of the plan: what it answered, and what it kept, added and removed. */
export function replanningLines(view: GoalView, screen: Screen): readonly string[] {
  const { width, paint } = screen;
  const tasks = Object.fromEntries(view.task.map((task) => [task.id, task]));
  const names = (ids: readonly string[]): string => listed(ids.map((id) => labelOf(id, tasks)));
  return view.replanned.flatMap((replanning) => {
    const { cause, class: failure, strategy, contingency, kept, added, removed } = replanning;
    const answer = contingency === undefined ? strategy : `contingency '${contingency}'`;
    const change = (verb: string, ids: readonly string[]): readonly string[] =>
      ids.length === 0 ? [] : indented(wrap(`${verb} ${names(ids)}`, width - 2), 2);
    return [
      `${paint("yellow", signs.replanned)} ${printable(failure)} ${signs.arrow} ${printable(answer)}`,
      ...indented(wrap(`because ${printable(cause)}`, width - 2), 2).map((l) => paint("dim", l)),
      ...change("added", added),
      ...change("removed", removed),
      ...change("kept", kept),
    ];
  });
}
