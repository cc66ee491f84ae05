import type { Domain } from "../domain/domain.ts";
import { chain } from "../domain/ordering.ts";
import { withContingencies } from "../repair/contingencies.ts";
import { CompiledProblem } from "../search/compiled-problem.ts";
import { linearise } from "../search/linear-order.ts";
import { type Entrant, runPortfolio } from "../search/portfolio.ts";
import type { Deed } from "../search/search-types.ts";
import { isSequential, orderOf } from "../search/task-order.ts";
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
  const { whole, entrants } = entrantsFor(domain, problem, options);
  const value = (deeds: readonly Deed[]) =>
    completePlan(domain, draftOf(problem, whole.compiled, deeds, []), noCounts).makespan;
  const { entrant, calls, outcome } = runPortfolio(entrants, problem.tasks, {
    order: options.order ?? "first",
    best: options.best ?? 1,
    maxNodes: options.maxNodes ?? defaultMaxNodes,
    expired: options.expired ?? (() => false),
    ...(options.order === "duration" ? { evaluate: value } : {}),
  });
  const { compiled } = entrant;
  const { nodes } = outcome.counts;
  if (outcome.kind === "none") return { kind: "no-plan", reason: outcome.blockage, nodes };
  if (outcome.kind === "limit") {
    return { kind: "limit-reached", limit: outcome.limit, nodes, furthest: outcome.blockage };
  }
  const roots = calls.map((each) => each.id);
  const summary = { ...outcome.counts, optimal: outcome.optimal };
  const plans = outcome.plans.map((deeds): Plan => {
    const plan = completePlan(domain, draftOf(problem, compiled, deeds, roots), summary);
    return withContingencies(domain, plan, options.contingencies ?? defaultContingencies);
  });
  const [plan] = plans;
  if (plan === undefined) throw new TypeError("a search that found a plan returned none");
  return { kind: "plan", plan, plans };
}

/**
 * The searches that a plan is looked for with. Where tasks may alternate and any plan will do, one with everything in a
 * row comes first.
 */
function entrantsFor(
  domain: Domain,
  problem: PlanningProblem,
  { order = "first", best = 1 }: PlanOptions,
): { readonly whole: Entrant; readonly entrants: readonly Entrant[] } {
  const pairs = orderOf(problem);
  const sequential = isSequential(domain, problem);
  const compiled = new CompiledProblem(domain, problem, sequential);
  const whole: Entrant = { compiled, order: pairs, rows: new Map(), complete: true };
  if (sequential || order !== "first" || best > 1) return { whole, entrants: [whole] };
  const linear = linearise(domain, problem.tasks, pairs ?? chain(problem.tasks.length));
  const row: Entrant = {
    compiled: new CompiledProblem(linear.domain, problem, true),
    order: linear.order,
    rows: linear.rows,
    complete: false,
  };
  return { whole, entrants: [row, whole] };
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
