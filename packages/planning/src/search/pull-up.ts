import { type Atom, type Condition, conjuncts, isAtom, isVariable } from "../domain/condition.ts";
import type { Action, Domain, Method } from "../domain/domain.ts";
import type { Symbols } from "./symbols.ts";

/** A condition that a method's subtasks will need, and so may be asked before decomposing. */
export interface Pulled {
  readonly condition: Condition;
  /** The subtask it comes from. */
  readonly from: string;
}

/** Rounds after which inference stops; stopping early infers less, never something wrong. */
const mostRounds = 12;

/**
 * For each method the conditions of its subtasks that must hold already where the method is chosen, because
 * no earlier subtask can make them true. Asking them first avoids decompositions that are bound to fail.
 *
 * A condition is taken over from a compound subtask only when all its methods need it. Whether an earlier subtask
 * can make a condition true is decided by predicate and by the objects its arguments may stand for.
 *
 * @param interleaved when steps of other tasks may come between, so that any action of the domain counts as earlier
 */
export function pullUpConditions(
  domain: Domain,
  symbols: Symbols,
  interleaved: boolean,
): ReadonlyMap<string, readonly Pulled[]> {
  const effects = new Effects(domain, symbols);
  const needs = new Map<string, readonly Condition[]>();
  for (const action of domain.actions.values()) {
    needs.set(action.name, action.preconditions.flatMap(conjuncts).filter(isLiteral));
  }
  const pulled = new Map<string, readonly Pulled[]>();
  for (let round = 0, changed = true; changed && round < mostRounds; round++) {
    changed = false;
    for (const method of domain.methods) {
      pulled.set(method.name, pulledInto(method, domain, needs, effects, interleaved));
    }
    for (const task of domain.tasks.keys()) {
      const common = commonNeeds(domain.methodsByTask.get(task) ?? [], pulled, domain);
      if (common.length !== (needs.get(task)?.length ?? 0)) {
        needs.set(task, common);
        changed = true;
      }
    }
  }
  return pulled;
}

function pulledInto(
  method: Method,
  domain: Domain,
  needs: ReadonlyMap<string, readonly Condition[]>,
  effects: Effects,
  interleaved: boolean,
): readonly Pulled[] {
  const found = new Map<string, Pulled>();
  const own = new Set(method.preconditions.flatMap(conjuncts).map((each) => JSON.stringify(each)));
  const types = new Map(method.parameters.map(({ name, type }) => [name, type]));
  method.subtasks.forEach(([name, ...args], i) => {
    const parameters = (domain.actions.get(name) ?? domain.tasks.get(name))?.parameters ?? [];
    const binding = new Map(parameters.map((each, at) => [each.name, args[at] ?? ""]));
    const earlier = interleaved
      ? [...domain.actions.keys()]
      : method.subtasks.slice(0, i).map(([subtask]) => subtask);
    for (const need of needs.get(name) ?? []) {
      const condition = rename(need, binding);
      const key = JSON.stringify(condition);
      if (own.has(key) || found.has(key)) continue;
      if (earlier.some((each) => effects.mayEstablish(each, condition, types))) continue;
      found.set(key, { condition, from: name });
    }
  });
  return [...found.values()];
}

/** What every method of a task needs, in terms of the task's parameters. */
function commonNeeds(
  methods: readonly Method[],
  pulled: ReadonlyMap<string, readonly Pulled[]>,
  domain: Domain,
): readonly Condition[] {
  let common: Map<string, Condition> | undefined;
  for (const method of methods) {
    const [task, ...terms] = method.task;
    const parameters = domain.tasks.get(task)?.parameters ?? [];
    const toTask = new Map<string, string>();
    terms.forEach((term, i) => {
      const parameter = parameters[i];
      if (parameter !== undefined && isVariable(term) && !toTask.has(term)) {
        toTask.set(term, parameter.name);
      }
    });
    const all = [
      ...method.preconditions.flatMap(conjuncts).filter(isLiteral),
      ...(pulled.get(method.name) ?? []).map((each) => each.condition),
    ];
    const here = new Map<string, Condition>();
    for (const each of all) {
      if (!literalTerms(each).every((term) => !isVariable(term) || toTask.has(term))) continue;
      const condition = rename(each, toTask);
      here.set(JSON.stringify(condition), condition);
    }
    common = common === undefined ? here : new Map([...common].filter(([key]) => here.has(key)));
  }
  return [...(common?.values() ?? [])];
}

/** Which facts each action or task may add or remove. */
class Effects {
  readonly #domain: Domain;
  readonly #symbols: Symbols;
  readonly #reachable = new Map<string, ReadonlySet<Action>>();

  constructor(domain: Domain, symbols: Symbols) {
    this.#domain = domain;
    this.#symbols = symbols;
  }

  /** Whether anything done for the action or task `name` may make the literal true. */
  mayEstablish(
    name: string,
    literal: Condition,
    types: ReadonlyMap<string, string | undefined>,
  ): boolean {
    const positive = isAtom(literal);
    const atom = positive ? literal : "not" in literal ? literal.not : undefined;
    if (atom === undefined || !isAtom(atom)) return false;
    for (const action of this.#actions(name)) {
      const own = new Map(action.parameters.map((each) => [each.name, each.type]));
      for (const effect of positive ? action.add : action.remove) {
        if (this.#meet(effect, own, atom, types)) return true;
      }
    }
    return false;
  }

  #meet(
    left: Atom,
    leftTypes: ReadonlyMap<string, string | undefined>,
    right: Atom,
    rightTypes: ReadonlyMap<string, string | undefined>,
  ): boolean {
    if (left[0] !== right[0]) return false;
    return left.every(
      (term, i) =>
        i === 0 ||
        this.#share(term, leftTypes.get(term), right[i] ?? "", rightTypes.get(right[i] ?? "")),
    );
  }

  /** Whether two terms may stand for one object. */
  #share(a: string, typeOfA: string | undefined, b: string, typeOfB: string | undefined): boolean {
    if (!isVariable(a) && !isVariable(b)) return a === b;
    const left = isVariable(a) ? this.#symbols.table(typeOfA).all() : [[this.#symbols.object(a)]];
    if (!isVariable(b)) {
      const object = this.#symbols.object(b);
      return left.some(([id]) => id === object);
    }
    if (typeOfA === undefined || typeOfB === undefined || typeOfA === typeOfB) return true;
    const right = this.#symbols.table(typeOfB);
    return left.some((row) => right.has(row));
  }

  #actions(name: string): ReadonlySet<Action> {
    const known = this.#reachable.get(name);
    if (known !== undefined) return known;
    const found = new Set<Action>();
    for (const each of reachableNames(this.#domain, [name])) {
      const action = this.#domain.actions.get(each);
      if (action !== undefined) found.add(action);
    }
    this.#reachable.set(name, found);
    return found;
  }
}

/** All actions and tasks that tasks can lead to, themselves included. */
export function reachableNames(domain: Domain, from: readonly string[]): ReadonlySet<string> {
  const found = new Set(from);
  for (const name of found) {
    for (const method of domain.methodsByTask.get(name) ?? []) {
      for (const [subtask] of method.subtasks) found.add(subtask);
    }
  }
  return found;
}

function isLiteral(condition: Condition): boolean {
  if (isAtom(condition) || "equal" in condition) return true;
  return "not" in condition && (isAtom(condition.not) || "equal" in condition.not);
}

function literalTerms(literal: Condition): readonly string[] {
  if (isAtom(literal)) return literal.slice(1);
  if ("equal" in literal) return literal.equal;
  return "not" in literal ? literalTerms(literal.not) : [];
}

function rename(literal: Condition, binding: ReadonlyMap<string, string>): Condition {
  const term = (each: string) => binding.get(each) ?? each;
  if (isAtom(literal)) {
    const [name, ...terms] = literal;
    return [name, ...terms.map(term)];
  }
  if ("equal" in literal) return { equal: [term(literal.equal[0]), term(literal.equal[1])] };
  return "not" in literal ? { not: rename(literal.not, binding) } : literal;
}
