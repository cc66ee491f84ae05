import {
  atomText,
  type Condition,
  conditionText,
  isVariable,
  type Parameter,
  substitute,
  substituteCondition,
  type Task,
} from "../domain/condition.ts";
import type { Domain, Method } from "../domain/domain.ts";
import { completePlan } from "../plan/complete-plan.ts";
import { Facts, factKey, ground } from "../plan/facts.ts";
import type { Plan, PlanTask } from "../plan/plan.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { objectsOf } from "../search/symbols.ts";

/** Something that a plan gets wrong. */
export interface Violation {
  readonly kind:
    | "name"
    | "precondition"
    | "decomposition"
    | "order"
    | "goal"
    | "dependency"
    | "figure";
  /** The step, task or root concerned. */
  readonly at: string;
  readonly text: string;
}

/**
 * Checks a plan against domain and problem without searching: that each step can be executed where it stands,
 * that the tree decomposes the problem's tasks by methods that apply where they were chosen, that the orders
 * that methods ask for are kept, and that the goal holds in the end. Of a plan without such faults also that
 * steps wait for all that they depend on, and that times, cost and confidence are right.
 *
 * Of a repaired plan, methods chosen before the repair are taken as chosen, since the steps executed then may
 * since have been joined by others; everything else is checked as for a new plan.
 *
 * @returns all violations; none for a valid plan
 */
export function verifyPlan(
  domain: Domain,
  problem: PlanningProblem,
  plan: Plan,
): readonly Violation[] {
  const check = new Verification(domain, problem, plan);
  check.names();
  check.tree();
  check.execution();
  check.orders();
  check.dependencies();
  check.consequences();
  return check.found;
}

class Verification {
  readonly found: Violation[] = [];
  readonly #domain: Domain;
  readonly #problem: PlanningProblem;
  readonly #plan: Plan;
  readonly #objects: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #place: ReadonlyMap<string, number>;
  readonly #tasks: ReadonlyMap<string, PlanTask>;
  readonly #methods: ReadonlyMap<string, Method>;

  constructor(domain: Domain, problem: PlanningProblem, plan: Plan) {
    this.#domain = domain;
    this.#problem = problem;
    this.#plan = plan;
    this.#objects = objectsOf(domain, { ...problem, observations: plan.observations });
    this.#place = new Map(plan.steps.map((each, i) => [each.id, i]));
    this.#tasks = new Map(plan.decomposition.map((each) => [each.id, each]));
    this.#methods = new Map(domain.methods.map((each) => [each.name, each]));
  }

  names(): void {
    const seen = new Set<string>();
    for (const { id } of [...this.#plan.steps, ...this.#plan.decomposition]) {
      if (seen.has(id)) this.#report("name", id, `'${id}' names two steps or tasks`);
      seen.add(id);
    }
  }

  tree(): void {
    const { roots, decomposition, steps, abandoned } = this.#plan;
    const { tasks } = this.#problem;
    if (roots.length !== tasks.length) {
      this.#report("decomposition", "root", `${tasks.length} tasks but ${roots.length} roots`);
    }
    tasks.forEach((task, i) => {
      this.#stands(roots[i], task, `task ${i + 1}`);
    });
    for (const each of decomposition) this.#decomposed(each);
    const held = new Map<string, number>();
    const reached = new Set(roots);
    for (const id of roots) held.set(id, (held.get(id) ?? 0) + 1);
    for (const id of reached) {
      for (const child of this.#tasks.get(id)?.children ?? []) {
        held.set(child, (held.get(child) ?? 0) + 1);
        reached.add(child);
      }
    }
    for (const { id } of [...steps, ...decomposition]) {
      const times = held.get(id) ?? 0;
      const given = abandoned.includes(id) && (this.#place.get(id) ?? 0) < this.#plan.executed;
      if (times === (given ? 0 : 1)) continue;
      this.#report(
        "decomposition",
        id,
        `'${id}' is part of ${times} tasks but must be part of one`,
      );
    }
  }

  execution(): void {
    const { steps, decomposition, observations, executed } = this.#plan;
    const facts = new Facts(this.#problem.facts, this.#objects);
    const chosenAt = new Map<number, PlanTask[]>();
    for (const task of decomposition) {
      const at = chosenAt.get(task.at);
      if (at === undefined) chosenAt.set(task.at, [task]);
      else at.push(task);
    }
    for (let i = 0; i <= steps.length; i++) {
      for (const each of observations.filter(({ after }) => after === i)) {
        for (const fact of each.removed) facts.remove(fact);
        for (const fact of each.added) facts.add(fact);
      }
      if (i >= executed) for (const task of chosenAt.get(i) ?? []) this.#chosen(task, facts);
      const step = steps[i];
      if (step === undefined) break;
      const action = this.#domain.actions.get(step.action);
      if (action === undefined) {
        this.#report("name", step.id, `there is no action '${step.action}'`);
        continue;
      }
      const binding = this.#bind(action.parameters, step.args, step.id);
      for (const each of action.preconditions) this.#needs(each, binding, facts, step.id);
      for (const each of action.remove) facts.remove(ground(each, binding));
      for (const each of action.add) facts.add(ground(each, binding));
    }
    for (const each of this.#problem.goal ?? []) {
      if (facts.holds(each)) continue;
      this.#report("goal", "goal", `in the end ${conditionText(each)} does not hold`);
    }
  }

  orders(): void {
    const { roots, decomposition, executed } = this.#plan;
    const first = new Map<string, number>();
    const last = new Map<string, number>();
    for (const [id, i] of this.#place) {
      if (i >= executed) first.set(id, i);
      last.set(id, i);
    }
    const ordering = this.#problem.ordering ?? "sequence";
    const sequence = roots.slice(1).map((_, i) => [i, i + 1] as const);
    const pairs = ordering === "sequence" ? sequence : ordering === "any" ? [] : ordering;
    for (const task of decomposition.toReversed()) {
      const order = this.#methods.get(task.method)?.order ?? [];
      this.#inOrder(task.children, order, first, last, task.id);
      const begin = Math.min(
        ...task.children.map((each) => first.get(each) ?? Number.POSITIVE_INFINITY),
      );
      const end = Math.max(...task.children.map((each) => last.get(each) ?? -1));
      if (Number.isFinite(begin)) first.set(task.id, begin);
      if (end >= 0) last.set(task.id, end);
      if (task.at > begin) {
        this.#report(
          "order",
          task.id,
          `a step of '${task.id}' stands before its method was chosen`,
        );
      }
    }
    this.#inOrder(roots, pairs, first, last, "root");
  }

  dependencies(): void {
    for (const { id } of this.#plan.steps) {
      for (const each of this.#plan.dependencies[id] ?? []) {
        if ((this.#place.get(each) ?? Number.POSITIVE_INFINITY) < (this.#place.get(id) ?? 0))
          continue;
        this.#report(
          "dependency",
          id,
          `'${id}' waits for '${each}', which does not come before it`,
        );
      }
    }
  }

  /** Whether all follows from the steps that must follow from them. Only for plans without other violations. */
  consequences(): void {
    if (this.found.length > 0) return;
    const plan = this.#plan;
    const { dependencies, ...computed } = completePlan(
      this.#domain,
      plan,
      plan.phases.decomposition,
    );
    for (const [id, wanted] of Object.entries(dependencies)) {
      const own = plan.dependencies[id] ?? [];
      const missing = wanted.filter((each) => !own.includes(each));
      const behind = missing.length === 0 ? undefined : this.#behind(id);
      for (const each of missing) {
        if (behind?.has(each)) continue;
        this.#report("dependency", id, `'${id}' must wait for '${each}' but does not`);
      }
    }
    const figures = ["makespan", "cost", "confidence"] as const;
    for (const each of figures) {
      if (isClose(plan[each], computed[each])) continue;
      this.#report("figure", "plan", `${each} is ${computed[each]}, not ${plan[each]}`);
    }
    computed.steps.forEach(({ id, duration, start }, i) => {
      const own = plan.steps[i];
      if (own === undefined || (isClose(own.duration, duration) && isClose(own.start, start)))
        return;
      const text = `'${id}' takes ${duration} s from ${start} s on, not ${own.duration} s from ${own.start} s on`;
      this.#report("figure", id, text);
    });
  }

  /** All that a step waits for, directly or not. */
  #behind(id: string): ReadonlySet<string> {
    const found = new Set(this.#plan.dependencies[id] ?? []);
    for (const each of found) for (const one of this.#plan.dependencies[each] ?? []) found.add(one);
    return found;
  }

  /** Transitive pairs count too where something in between is empty. */
  #inOrder(
    children: readonly string[],
    order: readonly (readonly [number, number])[],
    first: ReadonlyMap<string, number>,
    last: ReadonlyMap<string, number>,
    at: string,
  ): void {
    const latest = children.map((each) => last.get(each) ?? -1);
    const sorted = order.toSorted((a, b) => a[0] - b[0] || a[1] - b[1]);
    const before = children.map(() => -1);
    for (const [earlier, later] of sorted) {
      const end = Math.max(latest[earlier] ?? -1, before[earlier] ?? -1);
      before[later] = Math.max(before[later] ?? -1, end);
    }
    children.forEach((child, i) => {
      if ((first.get(child) ?? Number.POSITIVE_INFINITY) > (before[i] ?? -1)) return;
      this.#report("order", at, `a step of '${child}' stands before one that must come earlier`);
    });
  }

  /** Whether the step or task of that name is the task wanted. */
  #stands(id: string | undefined, wanted: Task, at: string): void {
    const task = this.#tasks.get(id ?? "");
    const step = this.#plan.steps[this.#place.get(id ?? "") ?? -1];
    const is: Task | undefined =
      task !== undefined
        ? [task.task, ...task.args]
        : step !== undefined
          ? [step.action, ...step.args]
          : undefined;
    if (is !== undefined && factKey(is) === factKey(wanted)) return;
    const found = is === undefined ? `nothing named '${id}'` : atomText(is);
    this.#report("decomposition", at, `${atomText(wanted)} is wanted but there is ${found}`);
  }

  #decomposed(task: PlanTask): void {
    const method = this.#methods.get(task.method);
    if (method === undefined) {
      return this.#report("name", task.id, `there is no method '${task.method}'`);
    }
    const binding = new Map(Object.entries(task.binding));
    const args = method.parameters.map((each) => binding.get(each.name) ?? "");
    this.#bind(method.parameters, args, task.id);
    const decomposes = substitute(method.task, binding);
    if (factKey(decomposes) !== factKey([task.task, ...task.args])) {
      const text = `method '${method.name}' decomposes ${atomText(decomposes)}`;
      this.#report("decomposition", task.id, text);
    }
    if (method.subtasks.length !== task.children.length) {
      const text = `method '${method.name}' has ${method.subtasks.length} subtasks, not ${task.children.length}`;
      this.#report("decomposition", task.id, text);
    }
    method.subtasks.forEach((subtask, i) => {
      this.#stands(task.children[i], ground(subtask, binding), task.id);
    });
  }

  #chosen(task: PlanTask, facts: Facts): void {
    const binding = new Map(Object.entries(task.binding));
    for (const each of this.#methods.get(task.method)?.preconditions ?? []) {
      this.#needs(each, binding, facts, task.id);
    }
  }

  #needs(
    condition: Condition,
    binding: ReadonlyMap<string, string>,
    facts: Facts,
    at: string,
  ): void {
    const needed = substituteCondition(condition, binding);
    if (facts.holds(needed)) return;
    this.#report("precondition", at, `'${at}' needs ${conditionText(needed)}`);
  }

  #bind(
    parameters: readonly Parameter[],
    args: readonly string[],
    at: string,
  ): ReadonlyMap<string, string> {
    if (parameters.length !== args.length) {
      this.#report("name", at, `'${at}' takes ${parameters.length} arguments, not ${args.length}`);
    }
    const binding = new Map<string, string>();
    parameters.forEach(({ name, type }, i) => {
      const value = args[i] ?? "";
      if (isVariable(value) || !this.#objects.has(value)) {
        this.#report("name", at, `'${at}': there is no object '${value}'`);
      } else if (type !== undefined && this.#objects.get(value)?.has(type) !== true) {
        this.#report("name", at, `'${at}': object '${value}' is no ${type}`);
      }
      binding.set(name, value);
    });
    return binding;
  }

  #report(kind: Violation["kind"], at: string, text: string): void {
    this.found.push({ kind, at, text });
  }
}

/** Equal but for rounding. */
function isClose(left: number, right: number): boolean {
  return Math.abs(left - right) <= 1e-9 * Math.max(1, Math.abs(left), Math.abs(right));
}
