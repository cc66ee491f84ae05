import { DomainError } from "../errors.ts";
import {
  type Atom,
  type Condition,
  isAtom,
  isVariable,
  type Parameter,
  readParameter,
} from "./condition.ts";
import type { Domain, Measure, Method } from "./domain.ts";
import { sequenceOf } from "./ordering.ts";

type Unchecked = Omit<Domain, "predicates" | "closed">;
type Predicates = Domain["predicates"];

/**
 * Checks a domain against itself.
 *
 * @param declared the predicates there are; without it they are gathered from their uses
 * @returns the predicates with the types of their arguments
 * @throws DomainError for the first contradiction found
 */
export function checkDomain(domain: Unchecked, declared?: Predicates): Predicates {
  const check = new DomainCheck(domain, declared);
  check.all();
  return check.predicates;
}

class DomainCheck {
  readonly #domain: Unchecked;
  readonly #declared: boolean;
  readonly #firstUse = new Map<string, string>();
  readonly predicates: Map<string, readonly (string | undefined)[]>;

  constructor(domain: Unchecked, declared?: Predicates) {
    this.#domain = domain;
    this.#declared = declared !== undefined;
    this.predicates = new Map(declared ?? []);
  }

  all(): void {
    const { types, constants, tasks, actions, methods } = this.#domain;
    for (const [type, parents] of types) this.#types(parents, `type '${type}'`);
    for (const [name, of] of constants) this.#types(of, `constant '${name}'`);
    for (const [name, of] of this.predicates) {
      this.#types(
        of.filter((type) => type !== undefined),
        `predicate '${name}'`,
      );
    }
    for (const action of actions.values()) {
      const place = `action '${action.name}'`;
      if (tasks.has(action.name))
        this.#fail(place, "is also declared as a task; rename one of them");
      const scope = this.#parameters(action.parameters, place);
      this.#conditions(action.preconditions, scope, `${place}, precondition`);
      action.add.forEach((atom, i) => {
        this.#atom(atom, scope, `${place}, added effect ${i + 1}`);
      });
      action.remove.forEach((atom, i) => {
        this.#atom(atom, scope, `${place}, removed effect ${i + 1}`);
      });
      this.#measure(action.duration, Number.POSITIVE_INFINITY, "duration", place);
      this.#measure(action.cost, Number.POSITIVE_INFINITY, "cost", place);
      this.#measure(action.successProbability, 1, "successProbability", place);
      for (const [name, units] of Object.entries(action.resources)) {
        this.#measure(units, Number.POSITIVE_INFINITY, `resource '${name}'`, place);
      }
    }
    for (const task of tasks.values()) this.#parameters(task.parameters, `task '${task.name}'`);
    const names = new Set<string>();
    for (const method of methods) {
      if (names.has(method.name)) this.#fail(`method '${method.name}'`, "is declared twice");
      names.add(method.name);
      this.#method(method);
    }
  }

  #method(method: Method): void {
    const place = `method '${method.name}'`;
    const [name] = method.task;
    if (!this.#domain.tasks.has(name)) {
      const known = [...this.#domain.tasks.keys()];
      this.#fail(
        place,
        `decomposes task '${name}', which is not declared; ${oneOf("tasks", known)}`,
      );
    }
    const scope = this.#parameters(method.parameters, place);
    this.#call(method.task, scope, `${place}, task`);
    this.#conditions(method.preconditions, scope, `${place}, precondition`);
    method.subtasks.forEach((subtask, i) => {
      this.#call(subtask, scope, `${place}, subtask ${i + 1}`);
    });
    for (const [earlier, later] of [...method.order, ...method.strictOrder]) {
      for (const index of [earlier, later]) {
        if (method.subtasks[index] !== undefined) continue;
        const last = method.subtasks.length - 1;
        this.#fail(
          `${place}, ordering`,
          `index ${index} is no subtask; indices go from 0 to ${last}`,
        );
      }
    }
    const sequence = sequenceOf(method.subtasks.length, method.order);
    if ("cycle" in sequence) {
      const circle = sequence.cycle.map((i) => method.subtasks[i]?.[0] ?? String(i));
      this.#fail(
        `${place}, ordering`,
        `subtasks wait for each other in a circle: ${circle.join(" -> ")}; remove one of these pairs`,
      );
    }
    this.#measure(method.successProbability, 1, "successProbability", place);
  }

  #parameters(parameters: readonly Parameter[], place: string): ReadonlySet<string> {
    const scope = new Set<string>();
    for (const { name, type } of parameters) {
      if (!isVariable(name) || name.length < 2) {
        this.#fail(place, `parameter '${name}' is no variable; variables begin with '?'`);
      }
      if (scope.has(name)) this.#fail(place, `parameter '${name}' is declared twice`);
      if (type !== undefined) this.#types([type], `${place}, parameter '${name}'`);
      scope.add(name);
    }
    return scope;
  }

  #conditions(conditions: readonly Condition[], scope: ReadonlySet<string>, place: string): void {
    conditions.forEach((each, i) => {
      this.#condition(each, scope, `${place} ${i + 1}`);
    });
  }

  #parts(conditions: readonly Condition[], scope: ReadonlySet<string>, place: string): void {
    this.#conditions(conditions, scope, `${place}, part`);
  }

  #condition(condition: Condition, scope: ReadonlySet<string>, place: string): void {
    if (isAtom(condition)) return this.#atom(condition, scope, place);
    if ("not" in condition) return this.#condition(condition.not, scope, place);
    if ("and" in condition) return this.#parts(condition.and, scope, place);
    if ("or" in condition) return this.#parts(condition.or, scope, place);
    if ("equal" in condition) return this.#terms(condition.equal, scope, place);
    if ("type" in condition) {
      this.#terms([condition.type[0]], scope, place);
      return this.#types([condition.type[1]], place);
    }
    const { variables, where, holds } = "forall" in condition ? condition.forall : condition.exists;
    const inner = this.#parameters(variables.map(readParameter), place);
    const all = new Set([...scope, ...inner]);
    this.#parts([...where, ...holds], all, place);
  }

  #atom([name, ...terms]: Atom, scope: ReadonlySet<string>, place: string): void {
    const known = this.predicates.get(name);
    if (known === undefined) {
      if (this.#declared) {
        const names = [...this.predicates.keys()];
        this.#fail(place, `predicate '${name}' is not declared; ${oneOf("predicates", names)}`);
      }
      this.predicates.set(
        name,
        terms.map(() => undefined),
      );
      this.#firstUse.set(name, place);
    } else if (known.length !== terms.length) {
      const where = this.#firstUse.get(name) ?? "its declaration";
      this.#fail(
        place,
        `predicate '${name}' has ${terms.length} arguments here but ${known.length} in ${where}`,
      );
    }
    this.#terms(terms, scope, place);
  }

  #call([name, ...terms]: Atom, scope: ReadonlySet<string>, place: string): void {
    const { actions, tasks } = this.#domain;
    const called = actions.get(name) ?? tasks.get(name);
    if (called === undefined) {
      const known = [...actions.keys(), ...tasks.keys()];
      this.#fail(
        place,
        `'${name}' is neither an action nor a task; ${oneOf("actions and tasks", known)}`,
      );
    }
    if (called.parameters.length !== terms.length) {
      const wanted = called.parameters.map((each) => each.name).join(", ");
      this.#fail(
        place,
        `'${name}' takes ${called.parameters.length} arguments (${wanted}) but gets ${terms.length}`,
      );
    }
    this.#terms(terms, scope, place);
  }

  #terms(terms: readonly string[], scope: ReadonlySet<string>, place: string): void {
    for (const term of terms) {
      if (isVariable(term) && !scope.has(term)) {
        this.#fail(place, `variable '${term}' is not declared; add it to the parameters`);
      }
    }
  }

  #types(types: readonly string[], place: string): void {
    for (const type of types) {
      if (this.#domain.types.has(type)) continue;
      this.#fail(
        place,
        `type '${type}' is not declared; ${oneOf("types", [...this.#domain.types.keys()])}`,
      );
    }
  }

  #measure(value: Measure, most: number, what: string, place: string): void {
    if (typeof value === "function" || (value >= 0 && value <= most)) return;
    const range = most === 1 ? "between 0 and 1" : "a number that is not negative";
    this.#fail(place, `${what} is ${value} but must be ${range}`);
  }

  #fail(place: string, detail: string): never {
    throw new DomainError(this.#domain.name, place, detail);
  }
}

function oneOf(what: string, names: readonly string[]): string {
  return names.length === 0 ? `there are no ${what}` : `the ${what} are ${names.join(", ")}`;
}
