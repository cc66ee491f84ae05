import type { Atom, Condition } from "../domain/condition.ts";
import { HddlError } from "../errors.ts";
import { found, Items, type List, type Syntax } from "./syntax.ts";
import { oneOf, type Vocabulary } from "./vocabulary.ts";

type Scope = ReadonlySet<string>;

/** Reads a goal description: `()`, an atom, `and`, `or`, `not`, `imply`, `forall`, `exists`, `=`. */
export function readFormula(
  at: Syntax,
  words: Vocabulary,
  scope: Scope,
  source: string,
): Condition {
  const items = listAt(at, source, "a condition");
  if (items.done) return { and: [] };
  const head = items.word("a predicate or connective");
  const inside = (each: Syntax) => readFormula(each, words, scope, source);
  switch (head.text.toLowerCase()) {
    case "and":
      return { and: items.rest().map(inside) };
    case "or":
      return { or: items.rest().map(inside) };
    case "not": {
      const negated = inside(items.take("a condition"));
      items.end();
      return { not: negated };
    }
    case "imply": {
      const when = inside(items.take("a condition"));
      const then = inside(items.take("a condition"));
      items.end();
      return { or: [{ not: when }, then] };
    }
    case "=": {
      const left = words.term(items.take("a term"), scope, source);
      const right = words.term(items.take("a second term"), scope, source);
      items.end();
      return { equal: [left, right] };
    }
    case "sortof": {
      const term = words.term(items.take("a variable"), scope, source);
      items.expect("-");
      const type = words.type(items.word("a type"), source);
      items.end();
      return type === undefined ? { and: [] } : { type: [term, type] };
    }
    case "forall":
    case "exists": {
      const parameters = words.readParameters(new Items(items.takeList("the variables"), source));
      const all = new Set([...scope, ...parameters.map((each) => each.name)]);
      const holds = [readFormula(items.take("a condition"), words, all, source)];
      items.end();
      const variables = parameters.map(({ name, type }) =>
        type === undefined ? name : `${name} - ${type}`,
      );
      const quantified = { variables, where: [], holds };
      return head.text.toLowerCase() === "forall" ? { forall: quantified } : { exists: quantified };
    }
    default:
      return readAtom(at, words, scope, source);
  }
}

export function readAtom(at: Syntax, words: Vocabulary, scope: Scope, source: string): Atom {
  const items = listAt(at, source, "an atom");
  const name = items.word("a predicate");
  const declared = words.predicates.get(name.text);
  if (declared === undefined) {
    throw new HddlError(source, name, oneOf("a predicate", words.predicates.keys()), found(name));
  }
  return [name.text, ...words.terms(name, items, declared.length, scope)];
}

export interface Effects {
  readonly add: Atom[];
  readonly remove: Atom[];
  cost: number | undefined;
}

/** Reads effects: literals, `and`, and `increase` by a constant, which is taken as the action's cost. */
export function readEffects(
  at: Syntax,
  words: Vocabulary,
  scope: Scope,
  source: string,
  into: Effects,
): void {
  const items = listAt(at, source, "an effect");
  if (items.done) return;
  const head = items.word("a predicate, 'and' or 'not'");
  switch (head.text.toLowerCase()) {
    case "and":
      for (const each of items.rest()) readEffects(each, words, scope, source, into);
      return;
    case "not":
      into.remove.push(readAtom(items.take("an atom"), words, scope, source));
      return items.end();
    case "increase": {
      items.takeList("what is increased");
      const by = items.word("a number");
      const amount = Number(by.text);
      if (!(amount >= 0))
        throw new HddlError(source, by, "a number that is not negative", found(by));
      into.cost = (into.cost ?? 0) + amount;
      return items.end();
    }
    case "when":
    case "forall":
      throw new HddlError(source, head, "an effect without condition or quantifier", found(head));
    default:
      into.add.push(readAtom(at, words, scope, source));
  }
}

export function listAt(at: Syntax, source: string, expected: string): Items {
  if (at.kind === "list") return new Items(at satisfies List, source);
  throw new HddlError(source, at, expected, found(at));
}
