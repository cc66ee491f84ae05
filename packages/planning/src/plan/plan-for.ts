import type { Domain } from "../domain/domain.ts";
import { withContingencies } from "../repair/contingencies.ts";
import type { CompiledProblem } from "../search/compiled-problem.ts";
import { entrantsFor, soleEntrant, wholeCourse } from "../search/entrants.ts";
import { runPortfolio } from "../search/portfolio.ts";
import type { Deed } from "../search/search-types.ts";
import { completePlan } from "./complete-plan.ts";
import type { PlanDraft } from "./draft.ts";
import type { Plan } from "./plan.ts";
import {
  defaultContingencies,
  defaultMaxNodes,
  type PlanningProblem,
  type PlanOptions,
} from "./problem.ts";
import { Names, readDeeds } from "./read-deeds.ts";
import type { PlanResult } from "./result.ts";

/**
 * Plans tasks: finds actions, in order, that accomplish them by the domain's methods.
 *
 * Deterministic: the same domain, problem and options give the same plan. With order `"first"` methods are tried
 * in the order in which the domain lists them. With another order the search goes on after the first plan and
 * keeps the best; when a limit ends it, the best so far is returned with `phases.decomposition.optimal` false.
 *
 * @throws ProblemError when the problem does not fit the domain
 */
export function planFor(
  domain: Domain,
  problem: PlanningProblem,
  options: PlanOptions = {},
): PlanResult {
  const { order = "first", best = 1 } = options;
  const whole = wholeCourse(domain, problem);
  const value = (deeds: readonly Deed[]) =>
    completePlan(domain, draftOf(problem, whole.compiled, deeds, []), noCounts).makespan;
  const entrants =
    order === "first" && best === 1 ? entrantsFor(domain, problem, whole) : [soleEntrant(whole)];
  const { course, calls, outcome } = runPortfolio(entrants, problem.tasks, {
    order,
    best,
    maxNodes: options.maxNodes ?? defaultMaxNodes,
    expired: options.expired ?? (() => false),
    ...(order === "duration" ? { evaluate: value } : {}),
  });
  const { nodes } = outcome.counts;
  if (outcome.kind === "none") return { kind: "no-plan", reason: outcome.blockage, nodes };
  if (outcome.kind === "limit") {
    return { kind: "limit-reached", limit: outcome.limit, nodes, furthest: outcome.blockage };
  }
  const roots = calls.map((each) => each.id);
  const summary = { ...outcome.counts, optimal: outcome.optimal };
  const plans = outcome.plans.map((deeds): Plan => {
    const plan = completePlan(domain, draftOf(problem, course.compiled, deeds, roots), summary);
    return withContingencies(domain, plan, options.contingencies ?? defaultContingencies);
  });
  const [plan] = plans;
  if (plan === undefined) throw new TypeError("a search that found a plan returned none");
  return { kind: "plan", plan, plans };
}

const noCounts = { nodes: 0, backtracks: 0, optimal: false };

function draftOf(
  problem: PlanningProblem,
  compiled: CompiledProblem,
  deeds: readonly Deed[],
  roots: readonly number[],
): PlanDraft {
  const { steps, decomposition, nameOf } = readDeeds(deeds, compiled, new Names([]), 0);
  return {
    facts: problem.facts,
    objects: Object.fromEntries(
      Object.entries(problem.objects ?? {}).map(([name, of]) => [
        name,
        typeof of === "string" ? [of] : of,
      ]),
    ),
    tasks: problem.tasks,
    ordering: problem.ordering ?? "sequence",
    goal: problem.goal ?? [],
    steps,
    decomposition,
    roots: roots.map((each) => nameOf.get(each) ?? ""),
    executed: 0,
    abandoned: [],
    observations: [],
    retired: [],
  };
}
