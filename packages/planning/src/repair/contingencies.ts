import type { Domain } from "../domain/domain.ts";
import { Facts } from "../plan/facts.ts";
import type { Contingency, Plan, StepRisk } from "../plan/plan.ts";
import { objectsOf } from "../search/symbols.ts";
import { applyStep } from "./present.ts";
import { reopen } from "./reopen.ts";

/** Nodes that may be spent on one contingency. */
const nodesPerContingency = 5_000;

/**
 * Adds to each of a plan's riskiest steps what would be done if it failed for good: the plan is repaired as if the
 * step had failed without effect and must not be used again.
 *
 * @param most number of steps to look at
 */
export function withContingencies(domain: Domain, plan: Plan, most: number): Plan {
  const { risk } = plan.phases;
  if (most <= 0 || risk.steps.length === 0) return plan;
  const examined = new Set(risk.steps.slice(0, most).map((each) => each.step));
  const facts = new Facts(plan.facts, objectsOf(domain, plan));
  const found = new Map<string, Contingency>();
  plan.steps.forEach((step, i) => {
    for (const each of plan.observations.filter(({ after }) => after === i)) {
      for (const fact of each.removed) facts.remove(fact);
      for (const fact of each.added) facts.add(fact);
    }
    if (examined.has(step.id)) {
      const contingency = contingencyFor(domain, plan, i, facts);
      if (contingency !== undefined) found.set(step.id, contingency);
    }
    applyStep(domain, step, facts);
  });
  const steps = risk.steps.map((each): StepRisk => {
    const contingency = found.get(each.step);
    const known = { ...each, examined: examined.has(each.step) };
    return contingency === undefined ? known : { ...known, contingency };
  });
  return { ...plan, phases: { ...plan.phases, risk: { ...risk, steps } } };
}

function contingencyFor(
  domain: Domain,
  plan: Plan,
  index: number,
  facts: Facts,
): Contingency | undefined {
  const step = plan.steps[index];
  if (step === undefined) return undefined;
  const before = plan.steps.slice(0, index).map((each) => each.id);
  const request = {
    completed: before,
    failed: step.id,
    facts: facts.all(),
    banned: [[step.action, ...step.args] as const],
  };
  const limits = { order: "first", maxNodes: nodesPerContingency, expired: () => false } as const;
  const result = reopen(domain, plan, request, limits);
  if (result.kind !== "found") return undefined;
  const [reopened] = result.reopened;
  if (reopened?.after === undefined) return undefined;
  const rest = result.draft.steps.slice(result.draft.executed);
  const known = new Map(plan.steps.map((each) => [each.action, each.successProbability]));
  const confidence = rest.reduce((product, each) => {
    const declared = domain.actions.get(each.action)?.successProbability;
    const probability = typeof declared === "number" ? declared : (known.get(each.action) ?? 1);
    return product * probability;
  }, 1);
  return {
    task: reopened.task,
    method: reopened.after,
    actions: rest.map(({ action, args }) => [action, ...args] as const),
    confidence,
  };
}
