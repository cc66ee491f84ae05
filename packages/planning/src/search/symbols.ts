import { type Condition, isAtom, isVariable } from "../domain/condition.ts";
import { type Domain, withSupertypes } from "../domain/domain.ts";
import { ProblemError } from "../errors.ts";
import type { Observation } from "../plan/plan.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { FactTable } from "./fact-table.ts";

/** Objects and predicates as numbers, and who is of which type. */
export class Symbols {
  readonly domain: Domain;
  readonly objects: readonly string[];
  readonly predicates: readonly string[];
  /** One-column table of the objects of each type. */
  readonly types: ReadonlyMap<string, FactTable>;
  /** One-column table of all objects. */
  readonly universe: FactTable;
  readonly #objectIds = new Map<string, number>();
  readonly #predicateIds = new Map<string, number>();

  /** @throws ProblemError when facts, objects or tasks do not fit the domain */
  constructor(domain: Domain, problem: PlanningProblem) {
    this.domain = domain;
    const typed = typesOfObjects(domain, problem);
    for (const name of mentioned(domain, problem)) this.#objectIds.set(name, this.#objectIds.size);
    this.objects = [...this.#objectIds.keys()];
    for (const name of domain.predicates.keys()) {
      this.#predicateIds.set(name, this.#predicateIds.size);
    }
    this.predicates = [...this.#predicateIds.keys()];
    const tables = new Map<string, FactTable>();
    const empty = FactTable.empty(0, this.objects.length);
    let universe = empty;
    for (const type of domain.types.keys()) tables.set(type, empty);
    this.objects.forEach((name, id) => {
      universe = universe.with([id]);
      for (const type of typed.get(name) ?? []) {
        tables.set(type, (tables.get(type) ?? empty).with([id]));
      }
    });
    this.types = tables;
    this.universe = universe;
  }

  /** The object's number, or `undefined` when this problem does not mention it. */
  find(name: string): number | undefined {
    return this.#objectIds.get(name);
  }

  /** The object's number. */
  object(name: string): number {
    const id = this.#objectIds.get(name);
    if (id === undefined)
      throw new ProblemError(`object '${name}'`, "is not known in this problem");
    return id;
  }

  /** The predicate's number, or `undefined` for one that the domain does not use. */
  predicate(name: string): number | undefined {
    return this.#predicateIds.get(name);
  }

  name(object: number): string {
    return this.objects[object] ?? "";
  }

  names(args: readonly number[]): string[] {
    return args.map((each) => this.name(each));
  }

  /** Objects that a value of the type may be; all for no type. */
  table(type: string | undefined): FactTable {
    return type === undefined ? this.universe : (this.types.get(type) ?? this.universe);
  }
}

/** Every object with all its types, supertypes included. */
function typesOfObjects(
  domain: Domain,
  problem: Pick<PlanningProblem, "objects">,
): ReadonlyMap<string, ReadonlySet<string>> {
  const typed = new Map<string, Set<string>>();
  const declare = (name: string, of: readonly string[], place: string) => {
    const all = typed.get(name) ?? new Set<string>();
    for (const type of of) {
      if (!domain.types.has(type)) {
        const known = [...domain.types.keys()].join(", ") || "none";
        throw new ProblemError(place, `type '${type}' is not declared; the types are: ${known}`);
      }
      for (const each of withSupertypes(domain, type)) all.add(each);
    }
    typed.set(name, all);
  };
  for (const [name, of] of domain.constants) declare(name, of, `constant '${name}'`);
  for (const [name, of] of Object.entries(problem.objects ?? {})) {
    declare(name, typeof of === "string" ? [of] : of, `object '${name}'`);
  }
  return typed;
}

/**
 * Every object that is mentioned anywhere, with all its types. One that was first seen while a plan was executed
 * counts from the beginning: no fact speaks of it before, and a quantifier must range over it afterwards.
 */
export function objectsOf(
  domain: Domain,
  problem: PlanningProblem & { readonly observations?: readonly Observation[] },
): ReadonlyMap<string, ReadonlySet<string>> {
  const seen = (problem.observations ?? []).flatMap((each) => [...each.added, ...each.removed]);
  const all = { ...problem, facts: [...problem.facts, ...seen] };
  const typed = typesOfObjects(domain, problem);
  const none = new Set<string>();
  return new Map([...mentioned(domain, all)].map((name) => [name, typed.get(name) ?? none]));
}

/** Every constant that occurs anywhere, in a fixed order. */
function mentioned(domain: Domain, problem: PlanningProblem): ReadonlySet<string> {
  const found = new Set<string>(domain.constants.keys());
  for (const name of Object.keys(problem.objects ?? {})) found.add(name);
  const terms = (all: readonly string[]) => {
    for (const term of all) if (!isVariable(term)) found.add(term);
  };
  const inside = (condition: Condition): void => {
    if (isAtom(condition)) return terms(condition.slice(1));
    if ("not" in condition) return inside(condition.not);
    if ("and" in condition) return condition.and.forEach(inside);
    if ("or" in condition) return condition.or.forEach(inside);
    if ("equal" in condition) return terms(condition.equal);
    if ("type" in condition) return terms([condition.type[0]]);
    const { where, holds } = "forall" in condition ? condition.forall : condition.exists;
    [...where, ...holds].forEach(inside);
  };
  for (const [, ...args] of problem.facts) terms(args);
  for (const [, ...args] of problem.tasks) terms(args);
  problem.goal?.forEach(inside);
  for (const action of domain.actions.values()) {
    action.preconditions.forEach(inside);
    for (const [, ...args] of [...action.add, ...action.remove]) terms(args);
  }
  for (const method of domain.methods) {
    method.preconditions.forEach(inside);
    for (const [, ...args] of [method.task, ...method.subtasks]) terms(args);
  }
  return found;
}
