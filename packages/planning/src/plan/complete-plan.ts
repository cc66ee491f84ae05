import type { Fact } from "../domain/condition.ts";
import { substituteCondition } from "../domain/condition.ts";
import type { Action, Domain, Measure } from "../domain/domain.ts";
import { reachableNames } from "../search/pull-up.ts";
import { objectsOf } from "../search/symbols.ts";
import { dependenciesOf, namedLinks, type StepAccess } from "./dependencies.ts";
import type { PlanDraft } from "./draft.ts";
import { Facts, factKey, ground } from "./facts.ts";
import type { Plan, PlanPhases, PlanStep } from "./plan.ts";
import { scheduleOf } from "./schedule.ts";

/** What only the search knows about how the plan was found. */
export interface SearchSummary {
  readonly nodes: number;
  readonly backtracks: number;
  readonly optimal: boolean;
}

/** Computes everything that follows from a draft; risks have no contingencies yet. */
export function completePlan(domain: Domain, draft: PlanDraft, search: SearchSummary): Plan {
  const ids = draft.steps.map((each) => each.id);
  const { accesses, measured, end } = simulate(domain, draft);
  const initial = new Set(draft.facts.map(factKey));
  const goal = draft.goal.flatMap((each) => end.supports(each) ?? []);
  const { links, waits } = dependenciesOf(
    accesses,
    (fact) => initial.has(factKey(fact)),
    declaredOrder(domain, draft),
    goal,
  );
  const schedule = scheduleOf(measured, waits);
  const steps: PlanStep[] = measured.map((each, i) => ({
    ...each,
    start: schedule.starts[i] ?? 0,
  }));
  const name = (i: number) => ids[i] ?? "";
  const criticalPath = schedule.criticalPath.map(name);
  const sequentialDuration = steps.reduce((sum, each) => sum + each.duration, 0);
  const pending = steps.slice(draft.executed);
  const confidence =
    pending.reduce((product, each) => product * each.successProbability, 1) *
    methodConfidence(domain, draft);
  const phases: PlanPhases = {
    analysis: analysis(domain, draft),
    decomposition: {
      ...search,
      decompositions: draft.decomposition.length,
      steps: steps.length,
      depth: depthOf(draft),
    },
    optimisation: {
      sequentialDuration,
      speedup: schedule.makespan > 0 ? sequentialDuration / schedule.makespan : 1,
      width: schedule.width,
      levels: schedule.levels.map((level) => level.map(name)),
      peakResources: schedule.peakResources,
    },
    risk: riskOf(pending, confidence, criticalPath),
  };
  return {
    domain: domain.name,
    ...draft,
    steps,
    causalLinks: namedLinks(links, ids),
    dependencies: Object.fromEntries(ids.map((id, i) => [id, (waits[i] ?? []).map(name)])),
    criticalPath,
    makespan: schedule.makespan,
    cost: steps.reduce((sum, each) => sum + each.cost, 0),
    confidence,
    phases,
  };
}

/** Walks through the plan: what each step needs, changes and takes. */
function simulate(domain: Domain, draft: PlanDraft) {
  const facts = new Facts(draft.facts, objectsOf(domain, draft));
  const guards = guardsOf(domain, draft);
  const accesses: StepAccess[] = [];
  const measured: Omit<PlanStep, "start">[] = [];
  const observe = (after: number) => {
    for (const { added, removed } of draft.observations.filter((each) => each.after === after)) {
      for (const fact of removed) facts.remove(fact);
      for (const fact of added) facts.add(fact);
    }
  };
  draft.steps.forEach((step, i) => {
    const observed = draft.observations
      .filter((each) => each.after === i)
      .flatMap(({ added, removed }) => [
        ...removed.map((fact) => ({ fact, present: false })),
        ...added.map((fact) => ({ fact, present: true })),
      ]);
    observe(i);
    const action = actionOf(domain, step.action);
    const binding = new Map(action.parameters.map(({ name }, at) => [name, step.args[at] ?? ""]));
    const needs = action.preconditions.flatMap(
      (each) => facts.supports(substituteCondition(each, binding)) ?? [],
    );
    const opens = (guards.openAt.get(i) ?? []).map((task) => {
      const own = guards.conditions(task).flatMap((each) => facts.supports(each) ?? []);
      needs.push(...own);
      return { task, needs: own, under: guards.guarded(task) };
    });
    const under = guards.guarded(step.id);
    measured.push({ ...step, ...measures(action, step.args, facts) });
    const adds = action.add.map((each) => ground(each, binding));
    const kept = new Set(adds.map(factKey));
    const removes = action.remove
      .map((each): Fact => ground(each, binding))
      .filter((each) => !kept.has(factKey(each)));
    for (const fact of removes) facts.remove(fact);
    for (const fact of adds) facts.add(fact);
    accesses.push({ needs, adds, removes, observed, opens, under });
  });
  observe(draft.steps.length);
  return { accesses, measured, end: facts };
}

function actionOf(domain: Domain, name: string): Action {
  const action = domain.actions.get(name);
  if (action === undefined) throw new TypeError(`the plan uses action '${name}' of another domain`);
  return action;
}

function measures(action: Action, args: readonly string[], facts: Facts) {
  const value = (measure: Measure) =>
    typeof measure === "number" ? measure : measure(args, facts);
  return {
    duration: value(action.duration),
    cost: value(action.cost),
    successProbability: value(action.successProbability),
    resources: action.resources,
    priority: action.priority,
  };
}

/** Which tasks were decomposed because of facts, and at which step each begins. */
function guardsOf(domain: Domain, draft: PlanDraft) {
  const methods = new Map(domain.methods.map((each) => [each.name, each]));
  const parents = parentsOf(draft);
  const tasks = new Map(draft.decomposition.map((each) => [each.id, each]));
  const isGuarded = (id: string) =>
    (methods.get(tasks.get(id)?.method ?? "")?.preconditions.length ?? 0) > 0;
  const nearest = new Map<string, string | undefined>();
  const guarded = (id: string) => nearest.get(parents.get(id) ?? "");
  for (const { id } of draft.decomposition) nearest.set(id, isGuarded(id) ? id : guarded(id));
  const openAt = new Map<number, readonly string[]>();
  const begun = new Set<string>();
  draft.steps.forEach((step, i) => {
    const opens: string[] = [];
    for (let id = parents.get(step.id); id !== undefined && !begun.has(id); id = parents.get(id)) {
      begun.add(id);
      if (isGuarded(id)) opens.unshift(id);
    }
    if (opens.length > 0) openAt.set(i, opens);
  });
  const conditions = (id: string) => {
    const task = tasks.get(id);
    const binding = new Map(Object.entries(task?.binding ?? {}));
    const all = methods.get(task?.method ?? "")?.preconditions ?? [];
    return all.map((each) => substituteCondition(each, binding));
  };
  return { openAt, conditions, guarded };
}

/** The task that holds each step and task. */
export function parentsOf(draft: Pick<PlanDraft, "decomposition">): ReadonlyMap<string, string> {
  return new Map(
    draft.decomposition.flatMap((task) => task.children.map((child) => [child, task.id] as const)),
  );
}

/** Pairs of step numbers that methods put in order expressly. */
function declaredOrder(domain: Domain, draft: PlanDraft): readonly (readonly [number, number])[] {
  const methods = new Map(domain.methods.map((each) => [each.name, each]));
  const place = new Map(draft.steps.map((each, i) => [each.id, i]));
  const children = new Map(draft.decomposition.map((each) => [each.id, each.children]));
  const stepsBelow = (id: string | undefined): readonly number[] => {
    const below = id === undefined ? [] : [id];
    for (const each of below) for (const child of children.get(each) ?? []) below.push(child);
    return below.flatMap((each) => place.get(each) ?? []);
  };
  const pairs: (readonly [number, number])[] = [];
  const between = (from: string | undefined, to: string | undefined) => {
    const after = stepsBelow(to);
    for (const earlier of stepsBelow(from)) {
      for (const later of after) if (earlier < later) pairs.push([earlier, later]);
    }
  };
  for (const task of draft.decomposition) {
    for (const [earlier, later] of methods.get(task.method)?.strictOrder ?? []) {
      between(task.children[earlier], task.children[later]);
    }
  }
  if (typeof draft.ordering !== "string") {
    for (const [earlier, later] of draft.ordering)
      between(draft.roots[earlier], draft.roots[later]);
  }
  return pairs;
}

/** Product over the methods that were chosen for what is not executed. */
export function methodConfidence(domain: Domain, draft: PlanDraft): number {
  const probability = new Map(domain.methods.map((each) => [each.name, each.successProbability]));
  return draft.decomposition
    .filter((task) => task.at >= draft.executed)
    .reduce((product, task) => product * (probability.get(task.method) ?? 1), 1);
}

function depthOf(draft: PlanDraft): number {
  const parents = parentsOf(draft);
  const depth = new Map<string, number>();
  let deepest = 0;
  for (const { id } of draft.decomposition) {
    const own = (depth.get(parents.get(id) ?? "") ?? 0) + 1;
    depth.set(id, own);
    deepest = Math.max(deepest, own);
  }
  return deepest;
}

function analysis(domain: Domain, draft: PlanDraft): PlanPhases["analysis"] {
  const names = reachableNames(
    domain,
    draft.tasks.map(([name]) => name),
  );
  return {
    facts: draft.facts.length,
    tasks: draft.tasks.length,
    goalConditions: draft.goal.length,
    reachableActions: [...names].filter((each) => domain.actions.has(each)).length,
    reachableMethods: domain.methods.filter(({ task: [task] }) => names.has(task)).length,
  };
}

const lowRisk = 0.3;
const mediumRisk = 0.6;

function riskOf(
  pending: readonly PlanStep[],
  confidence: number,
  criticalPath: readonly string[],
): PlanPhases["risk"] {
  const total = 1 - confidence;
  const critical = new Set(criticalPath);
  const steps = pending
    .filter((each) => each.successProbability < 1)
    .map((each) => ({
      step: each.id,
      failureProbability: 1 - each.successProbability,
      onCriticalPath: critical.has(each.id),
      examined: false,
    }))
    .sort((a, b) => b.failureProbability - a.failureProbability);
  return { total, level: total > mediumRisk ? "high" : total > lowRisk ? "medium" : "low", steps };
}
