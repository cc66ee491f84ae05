import { type Domain, type Plan, type RepairRequest, takeContingency } from "@troupe/planning";
import type { GoalTask } from "../goal/records.ts";
import type { GoalState } from "../goal/state.ts";
import type { PlannedWork, Repair } from "./kind.ts";

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
    contingencies: plan.phases.risk.steps.flatMap(({ step, contingency }) => {
      if (contingency === undefined) return [];
      return [{ task: step, name: contingency.method, confidence: contingency.confidence }];
    }),
  };
}

/**
 * Makes the contingency that a goal's plan holds for a failed task its plan.
 *
 * @param domain in which the plan was made
 * @param world how far the goal has come, and what is true now
 * @param planned what the kind makes of a plan
 */
export function takenContingency(
  domain: Domain,
  state: GoalState,
  task: string,
  world: Omit<RepairRequest, "failed" | "added">,
  planned: (plan: Plan) => PlannedWork = plannedWork,
): Repair {
  const step = state.tasks[task]?.of ?? task;
  const taken = takeContingency(domain, state.plan as Plan, step, world);
  if (taken.kind !== "repaired") return { ok: false, why: taken.why };
  const { plan, kept, removed, added } = taken;
  return { ok: true, work: { ...planned(plan), kept, removed, added, learned: null } };
}
