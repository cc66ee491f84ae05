import {
  atomText,
  type Condition,
  conditionText,
  isAtom,
  isVariable,
  substituteCondition,
  type Task,
} from "../domain/condition.ts";
import type { Domain, Method } from "../domain/domain.ts";
import { chain, type OrderPair } from "../domain/ordering.ts";
import { Facts, factKey, ground } from "../plan/facts.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { objectsOf } from "../search/symbols.ts";
import type { Violation } from "../verify/verify-plan.ts";
import { MethodMoments, type Requirement } from "./method-moments.ts";
import type { PlanText } from "./plan-text.ts";

/**
 * Checks a plan in the competition's format: every action executable in turn, the tree a decomposition of the
 * problem's tasks, each method applicable before its first action and after all that its task must follow, orders kept, the goal
 * reached. In a sequence that leaves one place for a method; where steps may alternate there can be several.
 *
 * The format does not tell what a method's variables stand for; those that no task or subtask shows may be any
 * objects that satisfy the precondition.
 *
 * @returns all violations found; none for a valid plan
 */
export function verifyPlanText(
  domain: Domain,
  problem: PlanningProblem,
  plan: PlanText,
): readonly Violation[] {
  return new TextVerification(domain, problem, plan).run();
}

interface Extent {
  /** Least and greatest place of a step below. */
  readonly first: number;
  readonly last: number;
}

class TextVerification {
  readonly #found: Violation[] = [];
  readonly #domain: Domain;
  readonly #problem: PlanningProblem;
  readonly #plan: PlanText;
  readonly #methods: ReadonlyMap<string, Method>;
  readonly #objects: ReadonlyMap<string, ReadonlySet<string>>;
  readonly #extents = new Map<number, Extent | undefined>();

  constructor(domain: Domain, problem: PlanningProblem, plan: PlanText) {
    this.#domain = domain;
    this.#problem = problem;
    this.#plan = plan;
    this.#methods = new Map(domain.methods.map((each) => [each.name, each]));
    this.#objects = objectsOf(domain, problem);
  }

  run(): readonly Violation[] {
    const inside = this.#tree();
    if (inside !== undefined) {
      this.#measure(inside);
      this.#execute(inside);
    }
    return this.#found;
  }

  /** Every number used once, from the roots down. Numbers with those above before those below. */
  #tree(): readonly number[] | undefined {
    const { roots, steps, tasks } = this.#plan;
    const wanted = this.#problem.tasks;
    const before = this.#found.length;
    if (roots.length !== wanted.length) {
      this.#report("decomposition", "root", `${wanted.length} tasks but ${roots.length} roots`);
    }
    const used = new Set<number>();
    const order: number[] = [];
    const stack = roots.toReversed();
    for (let id = stack.pop(); id !== undefined; id = stack.pop()) {
      if (used.has(id)) this.#report("decomposition", String(id), `${id} is used twice`);
      if (!steps.has(id) && !tasks.has(id))
        this.#report("name", String(id), `${id} is nowhere defined`);
      if (used.has(id)) continue;
      used.add(id);
      order.push(id);
      stack.push(...(tasks.get(id)?.children ?? []).toReversed());
    }
    for (const id of [...steps.keys(), ...tasks.keys()]) {
      if (!used.has(id)) this.#report("decomposition", String(id), `${id} belongs to no task`);
    }
    roots.forEach((id, i) => {
      const task = this.#taskOf(id);
      if (task === undefined || wanted[i] === undefined || factKey(task) === factKey(wanted[i]))
        return;
      this.#report(
        "decomposition",
        String(id),
        `${atomText(wanted[i])} is wanted, not ${atomText(task)}`,
      );
    });
    return this.#found.length === before ? order : undefined;
  }

  #taskOf(id: number): Task | undefined {
    return this.#plan.steps.get(id) ?? this.#plan.tasks.get(id)?.task;
  }

  #measure(order: readonly number[]): void {
    [...this.#plan.steps.keys()].forEach((id, i) => {
      this.#extents.set(id, { first: i, last: i });
    });
    const pairsOf = (method: Method | undefined) => method?.order ?? [];
    for (const id of order.toReversed()) {
      const task = this.#plan.tasks.get(id);
      if (task === undefined) continue;
      const [method] = this.#methodOf(id);
      this.#extents.set(id, this.#ordered(task.children, pairsOf(method), String(id)));
    }
    this.#ordered(this.#plan.roots, this.#rootOrder(), "root");
  }

  #rootOrder(): readonly OrderPair[] {
    const { ordering = "sequence" } = this.#problem;
    if (ordering === "sequence") return chain(this.#plan.roots.length);
    return ordering === "any" ? [] : ordering;
  }

  #ordered(
    children: readonly number[],
    pairs: readonly OrderPair[],
    at: string,
  ): Extent | undefined {
    const extents = children.map((each) => this.#extents.get(each));
    const latest = extents.map((each) => each?.last ?? -1);
    for (const [earlier, later] of pairs.toSorted((a, b) => a[0] - b[0])) {
      const end = latest[earlier] ?? -1;
      const begin = extents[later]?.first ?? Number.POSITIVE_INFINITY;
      if (begin <= end)
        this.#report("order", at, `${children[later]} begins before ${children[earlier]} ends`);
      latest[later] = Math.max(latest[later] ?? -1, end);
    }
    const known = extents.filter((each) => each !== undefined);
    if (known.length === 0) return undefined;
    return {
      first: known.reduce((least, each) => Math.min(least, each.first), Number.POSITIVE_INFINITY),
      last: known.reduce((most, each) => Math.max(most, each.last), -1),
    };
  }

  #execute(order: readonly number[]): void {
    const facts = new Facts(this.#problem.facts, this.#objects);
    const moments = new MethodMoments(
      this.#plan,
      new Map(order.map((id) => [id, this.#requirementOf(id)])),
      this.#rootOrder(),
    );
    const late = (id: number) => {
      const [, method] = this.#methodOf(id);
      const task = atomText(this.#taskOf(id) ?? [""]);
      this.#report("precondition", String(id), `method '${method}' does not apply to ${task}`);
    };
    for (const [id, [name, ...args]] of this.#plan.steps) {
      moments.before(id, facts, late);
      this.#step(id, name, args, facts);
      moments.after(id);
    }
    moments.atEnd(facts, late);
    for (const each of this.#problem.goal ?? []) {
      if (!facts.holds(each)) this.#report("goal", "goal", `${conditionText(each)} does not hold`);
    }
  }

  #step(id: number, name: string, args: readonly string[], facts: Facts): void {
    const action = this.#domain.actions.get(name);
    if (action === undefined || action.parameters.length !== args.length) {
      const text = `there is no action ${name} of ${args.length} arguments`;
      return this.#report("name", String(id), text);
    }
    const binding = new Map(action.parameters.map((each, at) => [each.name, args[at] ?? ""]));
    for (const { name: variable, type } of action.parameters) {
      this.#typed(binding.get(variable) ?? "", type, String(id));
    }
    for (const each of action.preconditions) {
      const needed = substituteCondition(each, binding);
      if (facts.holds(needed)) continue;
      this.#report("precondition", String(id), `${name} needs ${conditionText(needed)}`);
    }
    for (const each of action.remove) facts.remove(ground(each, binding));
    for (const each of action.add) facts.add(ground(each, binding));
  }

  #typed(object: string, type: string | undefined, at: string): void {
    const types = this.#objects.get(object);
    if (types === undefined) this.#report("name", at, `there is no object '${object}'`);
    else if (type !== undefined && !types.has(type))
      this.#report("name", at, `'${object}' is no ${type}`);
  }

  #methodOf(id: number): readonly [Method | undefined, string] {
    const name = this.#plan.tasks.get(id)?.method ?? "";
    return [this.#methods.get(name), name];
  }

  /** The order of a task's children and when its method applies; reports a method that does not fit the task. */
  #requirementOf(id: number): Requirement {
    const anything: Requirement = { order: [], applies: () => true };
    const found = this.#plan.tasks.get(id);
    if (found === undefined) return anything;
    const [method] = this.#methodOf(id);
    const at = String(id);
    if (method === undefined) {
      this.#report("name", at, `there is no method '${found.method}'`);
      return anything;
    }
    const children = found.children.map((each) => this.#taskOf(each));
    const binding = new Map<string, string>();
    const calls = [method.task, ...method.subtasks];
    const actual = [found.task, ...children];
    const fits =
      calls.length === actual.length &&
      calls.every((call, i) => matches(call, actual[i] ?? [""], binding));
    if (!fits) {
      const text = `${atomText(found.task)} and its subtasks do not fit method '${method.name}'`;
      this.#report("decomposition", at, text);
      return anything;
    }
    for (const { name, type } of method.parameters) {
      const value = binding.get(name);
      if (value !== undefined) this.#typed(value, type, at);
    }
    const { order, preconditions } = method;
    return { order, applies: (facts) => this.#applies(method, preconditions, binding, facts) };
  }

  /** Whether some values of the variables that are still open satisfy the preconditions. */
  #applies(
    method: Method,
    conditions: readonly Condition[],
    binding: ReadonlyMap<string, string>,
    facts: Facts,
  ): boolean {
    const open = method.parameters.filter((each) => !binding.has(each.name));
    const closed = (each: Condition) => !mentions(each, new Set(open.map(({ name }) => name)));
    for (const each of conditions.filter(closed)) {
      if (!facts.holds(substituteCondition(each, binding))) return false;
    }
    const left = conditions.filter((each) => !closed(each));
    const [variable] = open;
    if (variable === undefined) return true;
    const { name, type } = variable;
    for (const [object, types] of this.#objects) {
      if (type !== undefined && !types.has(type)) continue;
      if (this.#applies(method, left, new Map(binding).set(name, object), facts)) return true;
    }
    return false;
  }

  #report(kind: Violation["kind"], at: string, text: string): void {
    this.#found.push({ kind, at, text });
  }
}

function matches(call: Task, actual: Task, binding: Map<string, string>): boolean {
  if (call.length !== actual.length) return false;
  return call.every((term, i) => {
    const value = actual[i] ?? "";
    if (i === 0 || !isVariable(term)) return term === value;
    const known = binding.get(term);
    if (known === undefined) binding.set(term, value);
    return known === undefined || known === value;
  });
}

/** Whether a condition speaks of one of the variables; inner ones of the same name count, which only delays the test. */
function mentions(condition: Condition, variables: ReadonlySet<string>): boolean {
  if (isAtom(condition)) return condition.some((term) => variables.has(term));
  if ("not" in condition) return mentions(condition.not, variables);
  if ("and" in condition) return condition.and.some((each) => mentions(each, variables));
  if ("or" in condition) return condition.or.some((each) => mentions(each, variables));
  if ("equal" in condition) return condition.equal.some((term) => variables.has(term));
  if ("type" in condition) return variables.has(condition.type[0]);
  const { where, holds } = "forall" in condition ? condition.forall : condition.exists;
  return [...where, ...holds].some((each) => mentions(each, variables));
}
