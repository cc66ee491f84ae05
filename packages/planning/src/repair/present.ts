import type { Fact } from "../domain/condition.ts";
import { substituteCondition } from "../domain/condition.ts";
import type { Domain } from "../domain/domain.ts";
import { Facts, factKey, ground } from "../plan/facts.ts";
import type { Observation, Plan, PlanStep, PlanTask } from "../plan/plan.ts";
import { objectsOf } from "../search/symbols.ts";
import type { Progress } from "./request.ts";

/** The moment from which a repair plans on. */
export interface Present {
  readonly objects: ReadonlyMap<string, ReadonlySet<string>>;
  /** What will be true once the running steps are done. */
  readonly facts: readonly Fact[];
  /** All differences from what the executed steps bring about, earlier ones included. */
  readonly observations: readonly Observation[];
}

/** Applies a step's effects, whether or not its preconditions hold. */
export function applyStep(
  domain: Domain,
  step: Pick<PlanStep, "action" | "args">,
  facts: Facts,
): void {
  const action = domain.actions.get(step.action);
  const binding = new Map(action?.parameters.map(({ name }, i) => [name, step.args[i] ?? ""]));
  for (const each of action?.remove ?? []) facts.remove(ground(each, binding));
  for (const each of action?.add ?? []) facts.add(ground(each, binding));
}

/** Compares the facts now with what the completed steps should have brought about. */
export function presentOf(
  domain: Domain,
  plan: Plan,
  progress: Progress,
  now: readonly Fact[],
): Present {
  const objects = objectsOf(domain, { ...plan, facts: [...plan.facts, ...now] });
  const expected = new Facts(plan.facts, objects);
  const order = new Map(plan.steps.map((each, i) => [each.id, i]));
  const earlier = plan.observations.map((each) => ({
    ...each,
    after: progress.completed.filter((step) => (order.get(step.id) ?? 0) < each.after).length,
  }));
  for (let i = 0; i <= progress.completed.length; i++) {
    for (const each of earlier.filter(({ after }) => after === i)) {
      for (const fact of each.removed) expected.remove(fact);
      for (const fact of each.added) expected.add(fact);
    }
    const step = progress.completed[i];
    if (step !== undefined) applyStep(domain, step, expected);
  }
  const actual = new Facts(now, objects);
  const added = actual.all().filter((fact) => !expected.has(...fact));
  const removed = expected.all().filter((fact) => !actual.has(...fact));
  const difference = { after: progress.completed.length, added, removed };
  for (const step of progress.running) applyStep(domain, step, actual);
  return {
    objects,
    facts: actual.all(),
    observations: added.length + removed.length === 0 ? earlier : [...earlier, difference],
  };
}

/** What of a plan's rest does not work any more: a step, or a task whose method does not fit. */
export function firstBroken(
  domain: Domain,
  pending: readonly (PlanStep | PlanTask)[],
  present: Present,
  banned: readonly Fact[],
): PlanStep | PlanTask | undefined {
  const facts = new Facts(present.facts, present.objects);
  const methods = new Map(domain.methods.map((each) => [each.name, each]));
  const refused = new Set(banned.map(factKey));
  return pending.find((each) => {
    const isStep = "action" in each;
    const conditions = isStep
      ? (domain.actions.get(each.action)?.preconditions ?? [])
      : (methods.get(each.method)?.preconditions ?? []);
    const parameters = isStep ? domain.actions.get(each.action)?.parameters : undefined;
    const binding = isStep
      ? new Map(parameters?.map(({ name }, i) => [name, each.args[i] ?? ""]))
      : new Map(Object.entries(each.binding));
    if (isStep && refused.has(factKey([each.action, ...each.args]))) return true;
    if (!conditions.every((one) => facts.holds(substituteCondition(one, binding)))) return true;
    if (isStep) applyStep(domain, each, facts);
    return false;
  });
}
