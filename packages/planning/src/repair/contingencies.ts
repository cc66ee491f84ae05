import type { Fact } from "../domain/condition.ts";
import type { Domain } from "../domain/domain.ts";
import { methodConfidence } from "../plan/complete-plan.ts";
import type { DraftStep } from "../plan/draft.ts";
import { Facts } from "../plan/facts.ts";
import type { Contingency, Plan, StepRisk } from "../plan/plan.ts";
import { objectsOf } from "../search/symbols.ts";
import { applyStep } from "./present.ts";
import { Remainder } from "./remainder.ts";
import { reopen } from "./reopen.ts";

/** Nodes that may be spent on one contingency. */
const nodesPerContingency = 5_000;

/**
 * Adds to each of a plan's riskiest steps what would be done if it failed for good: the plan is repaired as if the
 * step had failed without effect and must not be used again.
 *
 * @param most number of steps to look at
 * @param banned actions that no contingency may use, since they are known not to work
 */
export function withContingencies(
  domain: Domain,
  plan: Plan,
  most: number,
  banned: readonly Fact[] = [],
): Plan {
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
      const contingency = contingencyFor(domain, plan, i, facts, banned);
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
  banned: readonly Fact[],
): Contingency | undefined {
  const step = plan.steps[index];
  if (step === undefined) return undefined;
  const before = plan.steps.slice(0, index).map((each) => each.id);
  const request = {
    completed: before,
    failed: step.id,
    facts: facts.all(),
    banned: [...banned, [step.action, ...step.args] as const],
  };
  const limits = { order: "first", maxNodes: nodesPerContingency, expired: () => false } as const;
  const result = reopen(domain, plan, request, limits);
  if (result.kind !== "found") return undefined;
  const [reopened] = result.reopened;
  if (reopened?.after === undefined) return undefined;
  const { draft, scope } = result;
  const rest = draft.steps.slice(draft.executed);
  const replaced = new Remainder(plan, new Set()).below(scope);
  const stays = new Map(
    plan.decomposition.filter(({ id }) => !replaced.has(id)).map(({ id, at }) => [id, at]),
  );
  const moved = draft.decomposition.filter(({ id, at }) => stays.has(id) && stays.get(id) !== at);
  return {
    task: reopened.task,
    method: reopened.after,
    actions: rest.map(({ action, args }) => [action, ...args] as const),
    steps: rest.map(({ id }) => id),
    reopened: scope,
    decomposition: draft.decomposition.filter(({ id }) => !stays.has(id)),
    roots: draft.roots,
    places: Object.fromEntries(moved.map(({ id, at }) => [id, at])),
    confidence: stepConfidence(domain, rest, facts) * methodConfidence(domain, draft),
  };
}

/** Product over steps that follow each other from these facts on. */
function stepConfidence(domain: Domain, steps: readonly DraftStep[], from: Facts): number {
  const facts = from.copy();
  let product = 1;
  for (const step of steps) {
    const probability = domain.actions.get(step.action)?.successProbability ?? 1;
    product *= typeof probability === "number" ? probability : probability(step.args, facts);
    applyStep(domain, step, facts);
  }
  return product;
}
