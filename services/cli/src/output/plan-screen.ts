import type { GoalView } from "@troupe/goals";
import { criticalChain } from "./critical-chain.ts";
import { inDependencyOrder } from "./dependency-order.ts";
import { phaseSign } from "./goal-list-screen.ts";
import { planTree, readPlan, riskLines } from "./plan-tree.ts";
import { formatDuration, formatShare } from "./quantity.ts";
import { replanningLines } from "./replanning.ts";
import { type Screen, signs } from "./screen.ts";
import { inSection, sections } from "./sections.ts";
import { table } from "./table.ts";
import { labelOf, listed, taskLabel } from "./task-label.ts";
import { printable, wrap } from "./text.ts";
import { treeLines } from "./tree-lines.ts";

/** What a goal's agents set out to do, how sure they were, and what changed on the way. */
export function planScreen(view: GoalView, screen: Screen): readonly string[] {
  const inner = inSection(screen);
  const plan = readPlan(view.plan);
  const head = `${screen.paint("bold", view.id)}  ${phaseSign(view.phase, screen)}`;
  if (view.plan === undefined) {
    return [head, "", "There is no plan yet: the data is still being looked at and agreed on."];
  }
  const risks =
    plan === undefined
      ? view.risks.flatMap((risk) => wrap(printable(risk), inner.width))
      : riskLines(plan, inner);
  return [
    head,
    ...sections(
      [
        {
          title: "Decomposition",
          lines: plan === undefined ? [] : planTree(plan, inner).flatMap(treeLines),
        },
        { title: "Tasks", lines: dependencyTable(view, inner) },
        { title: "How sure", lines: confidenceLines(view) },
        { title: "Critical path", lines: criticalLines(view, inner) },
        { title: "Risks", lines: risks },
        { title: "Replanned", lines: replanningLines(view, inner) },
      ],
      screen,
    ),
  ];
}

function dependencyTable(view: GoalView, { width, paint }: Screen): readonly string[] {
  const tasks = Object.fromEntries(view.task.map((task) => [task.id, task]));
  const critical = new Set(criticalChain(view.task).tasks.map(({ id }) => id));
  const rows = inDependencyOrder(view.task).map((task) => [
    `${critical.has(task.id) ? paint("bold", taskLabel(task)) : taskLabel(task)}`,
    task.status,
    task.durationMs === undefined ? "" : formatDuration(task.durationMs),
    listed(task.dependsOn.map((id) => labelOf(id, tasks))),
  ]);
  return table(
    [
      { title: "task" },
      { title: "status" },
      { title: "took", align: "right" },
      { title: "after", flexible: true },
    ],
    rows,
    width,
    paint,
  );
}

function confidenceLines({ planConfidence, agreementConfidence }: GoalView): readonly string[] {
  return [
    ...(agreementConfidence === undefined
      ? []
      : [`${formatShare(agreementConfidence, 1)} that the data is what was agreed on`]),
    ...(planConfidence === undefined
      ? []
      : [`${formatShare(planConfidence, 1)} that the plan succeeds without further repair`]),
  ];
}

function criticalLines(view: GoalView, { width }: Screen): readonly string[] {
  const tasks = Object.fromEntries(view.task.map((task) => [task.id, task]));
  const chain = (ids: readonly string[]): string =>
    ids.map((id) => labelOf(id, tasks)).join(` ${signs.arrow} `);
  const measured = criticalChain(view.task);
  return [
    ...(view.criticalPath.length === 0 ? [] : wrap(`planned   ${chain(view.criticalPath)}`, width)),
    ...(measured.tasks.length === 0
      ? []
      : wrap(
          `measured  ${chain(measured.tasks.map(({ id }) => id))}, ${formatDuration(measured.durationMs)}`,
          width,
        )),
  ];
}
