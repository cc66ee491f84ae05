import {
  type Condition,
  type Domain,
  type Fact,
  type Plan,
  type PlanningProblem,
  planFor,
  repairPlan,
  type Task,
  verifyPlan,
} from "@troupe/planning";
import type { Case } from "./case.ts";

/** A failure, and all that whoever answers it may know. */
export interface Failure {
  readonly case: Case;
  /** What was asked for in the beginning. */
  readonly problem: PlanningProblem;
  readonly plan: Plan;
  /** Steps of `plan` that are done. */
  readonly completed: readonly string[];
  /** Steps that were running beside the one that failed; they end well. */
  readonly running: readonly string[];
  /** The step that will never work; absent when only the facts have changed. */
  readonly failed: string | undefined;
  readonly factsBefore: readonly Fact[];
  /** The facts once the running steps are done. */
  readonly factsAfter: readonly Fact[];
  readonly refused: readonly Task[];
}

/** A plan to go on with: `done` of its steps are executed. */
export interface Continuation {
  readonly plan: Plan;
  readonly done: readonly string[];
  /** Everything that the verifier finds wrong with the plan. */
  readonly faults: () => readonly string[];
}

export type Answer = (failure: Failure, expired: () => boolean) => Continuation | undefined;

/** The plan is repaired; what is done and running stays. */
export function repair(failure: Failure, expired: () => boolean): Continuation | undefined {
  const { plan, completed, running, failed, refused, factsBefore, problem } = failure;
  const { domain } = failure.case;
  const result = repairPlan(
    domain,
    plan,
    {
      completed,
      running,
      facts: factsBefore,
      banned: refused,
      ...(failed === undefined ? {} : { failed }),
    },
    { contingencies: 0, expired },
  );
  if (result.kind !== "repaired") return undefined;
  return {
    plan: result.plan,
    done: result.plan.steps.slice(0, result.plan.executed).map(({ id }) => id),
    faults: () => faultsOf(domain, problem, result.plan),
  };
}

/**
 * Whether the plan can be repaired without executing anything again.
 *
 * @param worn actions that were executed as often as was asked for
 */
export function sparing(failure: Failure, worn: readonly Task[], expired: () => boolean) {
  const refused = [...failure.refused, ...worn];
  if (repair({ ...failure, refused }, expired) !== undefined) return "avoidable";
  return expired() ? "unknown" : "needed";
}

/** All tasks are planned anew from the facts as they are. */
export function scratch(failure: Failure, expired: () => boolean): Continuation | undefined {
  return anew(failure, failure.problem, expired);
}

/** The tasks that are not accomplished are planned anew from the facts as they are. */
export function remaining(failure: Failure, expired: () => boolean): Continuation | undefined {
  const { plan } = failure;
  const done = new Set([...failure.completed, ...failure.running]);
  const children = new Map(plan.decomposition.map((each) => [each.id, each.children]));
  const isStep = new Set(plan.steps.map(({ id }) => id));
  const isOpen = (id: string): boolean =>
    isStep.has(id) ? !done.has(id) : (children.get(id) ?? []).some(isOpen);
  const open = plan.roots.flatMap((root, i) => (isOpen(root) ? [i] : []));
  const { ordering } = plan;
  const problem = {
    ...failure.problem,
    tasks: open.flatMap((i) => plan.tasks.slice(i, i + 1)),
    ordering: typeof ordering === "string" ? ordering : pairsAmong(open, ordering),
  };
  return anew(failure, problem, expired);
}

/** The order that pairs impose on some of the tasks, by way of the others too. */
function pairsAmong(open: readonly number[], pairs: readonly (readonly [number, number])[]) {
  const after = (from: number) => {
    const found = new Set([from]);
    for (const each of found) for (const [a, b] of pairs) if (a === each) found.add(b);
    return found;
  };
  return open.flatMap((from, i) => {
    const later = after(from);
    return open.flatMap((to, j) => (i !== j && later.has(to) ? [[i, j] as const] : []));
  });
}

function anew(
  { case: { domain, books }, factsAfter, refused }: Failure,
  asked: PlanningProblem,
  expired: () => boolean,
): Continuation | undefined {
  const problem = { ...asked, facts: factsAfter.filter(([name]) => !books.has(name)) };
  const allowed = without(domain, refused);
  const result = planFor(allowed, problem, { contingencies: 0, expired });
  if (result.kind !== "plan") return undefined;
  return { plan: result.plan, done: [], faults: () => faultsOf(allowed, problem, result.plan) };
}

/** The domain without some actions with their arguments. */
function without(domain: Domain, refused: readonly Task[]): Domain {
  const actions = new Map(domain.actions);
  for (const [name, ...args] of refused) {
    const action = actions.get(name);
    if (action === undefined) continue;
    const same = action.parameters.map(
      (each, i): Condition => ({ equal: [each.name, args[i] ?? ""] }),
    );
    const preconditions = [...action.preconditions, { not: { and: same } }];
    actions.set(name, { ...action, preconditions });
  }
  return { ...domain, actions };
}

function faultsOf(domain: Domain, problem: PlanningProblem, plan: Plan): readonly string[] {
  return verifyPlan(domain, problem, plan).map(({ text }) => text);
}
