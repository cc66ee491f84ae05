import type { Plan } from "@troupe/planning";
import type { GoalTask } from "../../goal/records.ts";
import type { PlannedWork } from "../kind.ts";
import { plannedWork } from "../planned-work.ts";
import { partsOf } from "./facts.ts";
import type { EtlKnowledge } from "./knowledge.ts";

/** The task type of each action, where it is called otherwise. */
export const taskTypes: Readonly<Record<string, string>> = {
  adapt: "adapt-source",
  "stage-parts": "stage",
  "compute-parts": "compute",
  "split-input": "split-table",
  "split-joined": "split-table",
  "join-parts": "join-table",
  "join-last": "join-table",
  design: "design-pipeline",
  relax: "relax-column",
  blank: "remedy",
  "set-aside": "remedy",
  "drop-column": "remedy",
  conform: "conform",
  publish: "publish-output",
};

/** Actions that are done in parts, by as many agents as there are. */
const inParts: ReadonlySet<string> = new Set([
  "stage-parts",
  "compute-parts",
  "join-parts",
  "join-last",
]);

/** A plan in the coordinator's terms: what is done in parts is one task with copies. */
export function plannedEtl(plan: Plan, knowledge: EtlKnowledge): PlannedWork {
  const work = plannedWork(plan);
  const parts = partsOf(knowledge);
  const memory = knowledge.goal.limits.memoryMb * 1024 * 1024;
  const tasks = work.tasks.map((task, index): GoalTask => {
    const step = plan.steps[index];
    const { resources = {}, duration = 0 } = step ?? {};
    const isHeavy = Object.keys(resources).length > 0;
    return {
      ...task,
      type: taskTypes[task.type] ?? task.type,
      expectedMs: Math.round(duration * 1000),
      ...(inParts.has(task.type) ? { copies: parts } : {}),
      ...(isHeavy ? { resources: { ...resources, memory } } : {}),
    };
  });
  return { ...work, tasks };
}
