import type { GoalView } from "@troupe/goals";
import { dissentLines } from "./dissent.ts";
import { lasting, standing } from "./goal-list-screen.ts";
import { counted, formatMoment } from "./quantity.ts";
import { replanningLines } from "./replanning.ts";
import type { Screen } from "./screen.ts";
import { inSection, sections } from "./sections.ts";
import { tasksTable } from "./tasks-table.ts";
import { padEnd, printable } from "./text.ts";
import { undoLines } from "./undo.ts";
import { voteLines } from "./votes.ts";

/**
 * Where a goal stands.
 *
 * @param now milliseconds since the epoch
 */
export function goalScreen(view: GoalView, now: number, screen: Screen): readonly string[] {
  const inner = inSection(screen);
  const fact = (name: string, value: string): string => `${padEnd(name, 10)} ${value}`;
  const { id: _id, kind: _kind, ...asked } = view.goal;
  return [
    `${screen.paint("bold", view.id)}  ${standing(view, screen)}`,
    ...sections(
      [
        {
          title: "Goal",
          lines: [
            fact("kind", printable(view.kind)),
            ...Object.entries(asked).map(([name, value]) =>
              fact(name, printable(typeof value === "string" ? value : JSON.stringify(value))),
            ),
            fact("accepted", `${formatMoment(view.acceptedAt)} on ${view.node}`),
            fact("so far", lasting(view, now)),
            ...(view.resumed > 0 ? [fact("resumed", counted(view.resumed, "time"))] : []),
            ...(view.error === undefined ? [] : [fact("error", printable(view.error))]),
          ],
        },
        { title: "Asks", lines: questionLines(view, inner) },
        { title: "Undoing", lines: undoLines(view) },
        { title: "Tasks", lines: tasksTable(view.task, inner) },
        {
          title: "Proposals",
          lines: view.proposals.map((p) => `${printable(p.member)}  ${printable(p.summary)}`),
        },
        { title: "Votes", lines: voteLines(view.votes, inner) },
        { title: "Dissent", lines: dissentLines(view, inner) },
        { title: "Replanned", lines: replanningLines(view, inner) },
      ],
      screen,
    ),
  ];
}

/** What people are asked, and how to answer. */
function questionLines({ id, task, approvals }: GoalView, { paint }: Screen): readonly string[] {
  const asking = task.filter(({ status }) => status === "asked");
  if (asking.length === 0) return [];
  const unlisted = approvals - asking.length;
  const which = approvals === 1 ? "" : " --task TASK";
  return [
    ...asking.map(({ id: name, question }) => `${printable(name)}: ${printable(question ?? "")}`),
    ...(unlisted > 0 ? [`and ${counted(unlisted, "more")}`] : []),
    paint("dim", `answer: troupe goal approve ${id}${which} [--reject]`),
  ];
}
