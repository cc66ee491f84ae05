import {
  type Atom,
  type Condition,
  type Fact,
  isAtom,
  readParameter,
  substituteCondition,
} from "../domain/condition.ts";
import type { FactView } from "../domain/domain.ts";

/** A fact needed to be there, or not to be there. */
export interface Support {
  readonly fact: Fact;
  readonly present: boolean;
}

export function factKey(fact: readonly string[]): string {
  return JSON.stringify(fact);
}

/** A set of facts that changes in place, and what can be asked of it. */
export class Facts implements FactView {
  readonly #byPredicate = new Map<string, Map<string, Fact>>();
  readonly #objects: ReadonlyMap<string, ReadonlySet<string>>;

  /** @param objects every object with its types, for quantifiers and type conditions */
  constructor(facts: Iterable<Fact>, objects: ReadonlyMap<string, ReadonlySet<string>>) {
    this.#objects = objects;
    for (const fact of facts) this.add(fact);
  }

  /** The same facts, to be changed apart from these. */
  copy(): Facts {
    return new Facts(this.all(), this.#objects);
  }

  has(...fact: Fact): boolean {
    return this.#byPredicate.get(fact[0])?.has(factKey(fact)) ?? false;
  }

  matching(predicate: string): readonly Fact[] {
    return [...(this.#byPredicate.get(predicate)?.values() ?? [])];
  }

  all(): readonly Fact[] {
    return [...this.#byPredicate.keys()].flatMap((each) => this.matching(each));
  }

  /** Whether it was absent. */
  add(fact: Fact): boolean {
    let known = this.#byPredicate.get(fact[0]);
    if (known === undefined) {
      known = new Map();
      this.#byPredicate.set(fact[0], known);
    }
    const key = factKey(fact);
    if (known.has(key)) return false;
    known.set(key, fact);
    return true;
  }

  /** Whether it was present. */
  remove(fact: Fact): boolean {
    return this.#byPredicate.get(fact[0])?.delete(factKey(fact)) ?? false;
  }

  /** Whether an object is declared with the type. */
  isOf(object: string, type: string): boolean {
    return this.#objects.get(object)?.has(type) ?? false;
  }

  /** Whether a condition without free variables holds. */
  holds(condition: Condition): boolean {
    return this.supports(condition) !== undefined;
  }

  /** The facts on account of which a ground condition holds, or `undefined` when it does not. */
  supports(condition: Condition): readonly Support[] | undefined {
    return this.#decide(condition, true);
  }

  #decide(condition: Condition, wanted: boolean): readonly Support[] | undefined {
    if (isAtom(condition)) {
      const fact: Fact = condition;
      return this.has(...fact) === wanted ? [{ fact, present: wanted }] : undefined;
    }
    if ("not" in condition) return this.#decide(condition.not, !wanted);
    if ("and" in condition) return this.#combine(condition.and, wanted, wanted);
    if ("or" in condition) return this.#combine(condition.or, wanted, !wanted);
    if ("equal" in condition) {
      return (condition.equal[0] === condition.equal[1]) === wanted ? [] : undefined;
    }
    if ("type" in condition) return this.isOf(...condition.type) === wanted ? [] : undefined;
    const everything = "forall" in condition;
    const { variables, where, holds } = everything ? condition.forall : condition.exists;
    const instances = this.#bindings(variables).map((binding): Condition => {
      const inside = (part: Condition) => substituteCondition(part, binding);
      const guard = where.map(inside);
      const body: Condition = { and: holds.map(inside) };
      return everything ? { or: [{ not: { and: guard } }, body] } : { and: [...guard, body] };
    });
    return this.#combine(instances, wanted, everything === wanted);
  }

  #combine(
    parts: readonly Condition[],
    wanted: boolean,
    all: boolean,
  ): readonly Support[] | undefined {
    const gathered: Support[] = [];
    for (const part of parts) {
      const support = this.#decide(part, wanted);
      if (all && support === undefined) return undefined;
      if (!all && support !== undefined) return support;
      if (support !== undefined) gathered.push(...support);
    }
    return all ? gathered : undefined;
  }

  #bindings(variables: readonly string[]): readonly ReadonlyMap<string, string>[] {
    let all: Map<string, string>[] = [new Map()];
    for (const { name, type } of variables.map(readParameter)) {
      const values = [...this.#objects.keys()].filter(
        (each) => type === undefined || this.isOf(each, type),
      );
      all = all.flatMap((each) => values.map((value) => new Map(each).set(name, value)));
    }
    return all;
  }
}

/** An atom with all its variables replaced. */
export function ground([name, ...terms]: Atom, binding: ReadonlyMap<string, string>): Fact {
  return [name, ...terms.map((term) => binding.get(term) ?? term)];
}
