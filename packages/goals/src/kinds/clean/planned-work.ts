import type { Plan } from "@troupe/planning";
import type { GoalTask } from "../../goal/records.ts";
import type { PlannedWork } from "../kind.ts";

/** A plan in the coordinator's terms. */
export function plannedWork(plan: Plan): PlannedWork {
  return {
    plan,
    tasks: plan.steps.map(
      ({ id, action, args }): GoalTask => ({
        id,
        type: action,
        arguments: [...args],
        dependsOn: [...(plan.dependencies[id] ?? [])],
      }),
    ),
    confidence: plan.confidence,
    criticalPath: plan.criticalPath,
    risks: plan.phases.risk.steps.map(({ step, failureProbability, contingency }) => {
      const percent = Math.round(failureProbability * 100);
      const otherwise = contingency === undefined ? "" : `; then ${contingency.method}`;
      return `${step} may fail (${percent} %)${otherwise}`;
    }),
  };
}
