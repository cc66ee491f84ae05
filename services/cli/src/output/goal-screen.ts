import type { GoalView } from "@troupe/goals";
import { phaseSign } from "./goal-list-screen.ts";
import { counted, formatDuration, formatMoment } from "./quantity.ts";
import { replanningLines } from "./replanning.ts";
import type { Screen } from "./screen.ts";
import { inSection, sections } from "./sections.ts";
import { tasksTable } from "./tasks-table.ts";
import { padEnd, printable } from "./text.ts";
import { voteLines } from "./votes.ts";

/** Where a goal stands. */
export function goalScreen(view: GoalView, screen: Screen): readonly string[] {
  const inner = inSection(screen);
  const fact = (name: string, value: string): string => `${padEnd(name, 10)} ${value}`;
  const { id: _id, kind: _kind, ...asked } = view.goal;
  return [
    `${screen.paint("bold", view.id)}  ${phaseSign(view.phase, screen)}`,
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
            fact("so far", formatDuration(view.updatedAt - view.acceptedAt)),
            ...(view.resumed > 0 ? [fact("resumed", counted(view.resumed, "time"))] : []),
            ...(view.error === undefined ? [] : [fact("error", printable(view.error))]),
          ],
        },
        { title: "Tasks", lines: tasksTable(view.task, inner) },
        {
          title: "Proposals",
          lines: view.proposals.map((p) => `${printable(p.member)}  ${printable(p.summary)}`),
        },
        { title: "Votes", lines: voteLines(view.votes, inner) },
        { title: "Replanned", lines: replanningLines(view, inner) },
      ],
      screen,
    ),
  ];
}
