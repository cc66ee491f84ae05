import { loadedSchema } from "@troupe/data";
import { NoPlanError } from "../../errors.ts";
import type { GoalState } from "../../goal/state.ts";
import { flowOrder } from "../flow/orders.ts";
import { plannedFlow } from "../flow/planned-flow.ts";
import type { GoalKind } from "../kind.ts";
import { loadFlow, loadTask, reportFlow } from "./flow.ts";
import { type ReportGoal, reportGoalSchema } from "./goal.ts";
import { outline } from "./outline.ts";
import { reportResult } from "./result.ts";

/** Answers questions from files with queries, charts and findings, in one report. */
export const reportKind = {
  name: "report",
  purpose: "answer questions from files, with charts, in one report",
  schema: reportGoalSchema,
  repairable: [],
  // Without sections it takes a look at the files to know what is worth asking.
  opening: (goal) => {
    const report = reportGoalSchema.parse(goal);
    return report.sections === undefined ? plannedFlow(loadFlow(report)).tasks : [];
  },
  plan: (state) => {
    const goal = reportGoalSchema.parse(state.goal);
    const sections = goal.sections ?? outlineOf(goal, state);
    if (sections.length === 0) {
      throw new NoPlanError("report", "the files hold nothing to ask about: name the sections");
    }
    return plannedFlow(reportFlow({ ...goal, sections }));
  },
  repair: () => ({ ok: false, why: "what fails for a section is noted in the report" }),
  order: (task, state) => {
    const flow = (state.plan as object | undefined) ?? loadFlow(reportGoalSchema.parse(state.goal));
    return flowOrder(task, state, flow);
  },
  failFast: () => false,
  result: (state) => reportResult(state.tasks["assemble"]?.facts),
} satisfies GoalKind;

function outlineOf({ sources }: ReportGoal, state: GoalState) {
  const loaded = Object.keys(sources).map((name) => [
    name,
    loadedSchema.parse(state.tasks[loadTask(name)]?.facts),
  ]);
  return outline(Object.fromEntries(loaded));
}
