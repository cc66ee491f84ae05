/** A constant, or a variable when it begins with `?`. */
export type Term = string;

/** A predicate applied to terms. Without variables it is a {@link Fact}. */
export type Atom = readonly [predicate: string, ...terms: Term[]];

/** A ground atom that is true. What is not stated is false (closed world). */
export type Fact = readonly [predicate: string, ...args: string[]];

/** A ground task or action: its name and its arguments. */
export type Task = readonly [name: string, ...args: string[]];

/** Variables of a quantifier, each optionally typed as `"?x - type"`. */
export interface Quantified {
  readonly variables: readonly string[];
  /** Only bindings that satisfy these are looked at. Default: every object (of the variable's type). */
  readonly where: readonly Condition[];
  readonly holds: readonly Condition[];
}

/** What can be asked of a set of facts. Plain data: it can be stored and compared. */
export type Condition =
  | Atom
  | { readonly not: Condition }
  | { readonly and: readonly Condition[] }
  | { readonly or: readonly Condition[] }
  | { readonly equal: readonly [Term, Term] }
  | { readonly type: readonly [term: Term, type: string] }
  | { readonly forall: Quantified }
  | { readonly exists: Quantified };

/** True when `condition` is not. For an atom: the fact is absent. */
export function not(condition: Condition): Condition {
  return { not: condition };
}

/** True when both terms stand for the same object. */
export function equal(left: Term, right: Term): Condition {
  return { equal: [left, right] };
}

/** True when the terms stand for different objects. */
export function different(left: Term, right: Term): Condition {
  return { not: { equal: [left, right] } };
}

/** True when one of `conditions` is. Binds no variables. */
export function either(...conditions: readonly Condition[]): Condition {
  return { or: conditions };
}

/** True when `then` is, or `when` is not. */
export function implies(when: Condition, then: Condition): Condition {
  return { or: [{ not: when }, then] };
}

/** True when the term's object is declared with the type or one of its subtypes. */
export function ofType(term: Term, type: string): Condition {
  return { type: [term, type] };
}

/**
 * True when `holds` is true for every binding of `variables` that satisfies `where`.
 *
 * @param variables `"?x"` or `"?x - type"`
 */
export function forall(
  variables: readonly string[],
  where: readonly Condition[],
  holds: readonly Condition[],
): Condition {
  return { forall: { variables, where, holds } };
}

/** True when some binding of `variables` satisfies all of `holds`. */
export function exists(variables: readonly string[], holds: readonly Condition[]): Condition {
  return { exists: { variables, where: [], holds } };
}

export function isAtom(condition: Condition): condition is Atom {
  return Array.isArray(condition);
}

export function isVariable(term: Term): boolean {
  return term.startsWith("?");
}

/** The parts of a condition that must all be true, so that each can be looked at on its own. */
export function conjuncts(condition: Condition): readonly Condition[] {
  return !isAtom(condition) && "and" in condition ? condition.and.flatMap(conjuncts) : [condition];
}

/** A condition as people write it: `not staged(movies)`. */
export function conditionText(condition: Condition): string {
  if (isAtom(condition)) return atomText(condition);
  if ("not" in condition) {
    const inner = condition.not;
    if (!isAtom(inner) && "equal" in inner)
      return `${inner.equal[0]} differs from ${inner.equal[1]}`;
    return `not ${conditionText(inner)}`;
  }
  if ("and" in condition) return `(${condition.and.map(conditionText).join(" and ")})`;
  if ("or" in condition) return `(${condition.or.map(conditionText).join(" or ")})`;
  if ("equal" in condition) return `${condition.equal[0]} equals ${condition.equal[1]}`;
  if ("type" in condition) return `${condition.type[0]} is a ${condition.type[1]}`;
  const [word, { variables, where, holds }] =
    "forall" in condition
      ? (["every", condition.forall] as const)
      : (["some", condition.exists] as const);
  const such = where.length === 0 ? "" : ` with ${where.map(conditionText).join(" and ")}`;
  return `${word} ${variables.join(", ")}${such} has ${holds.map(conditionText).join(" and ")}`;
}

/** An atom, fact or task as people write it: `staged(movies)`. */
export function atomText(atom: readonly [string, ...string[]]): string {
  const [name, ...terms] = atom;
  return `${name}(${terms.join(", ")})`;
}

/** Terms replaced by what `binding` says; unbound variables stay. */
export function substitute(atom: Atom, binding: ReadonlyMap<string, string>): Atom {
  const [name, ...terms] = atom;
  return [name, ...terms.map((term) => binding.get(term) ?? term)];
}

/** {@link substitute} all through a condition. Quantified variables shadow outer ones. */
export function substituteCondition(
  condition: Condition,
  binding: ReadonlyMap<string, string>,
): Condition {
  if (isAtom(condition)) return substitute(condition, binding);
  const inside = (part: Condition) => substituteCondition(part, binding);
  const term = (t: Term) => binding.get(t) ?? t;
  if ("not" in condition) return { not: inside(condition.not) };
  if ("and" in condition) return { and: condition.and.map(inside) };
  if ("or" in condition) return { or: condition.or.map(inside) };
  if ("equal" in condition) return { equal: [term(condition.equal[0]), term(condition.equal[1])] };
  if ("type" in condition) return { type: [term(condition.type[0]), condition.type[1]] };
  const quantified = "forall" in condition ? condition.forall : condition.exists;
  const inner = new Map(binding);
  for (const variable of quantified.variables) inner.delete(readParameter(variable).name);
  const replaced = {
    variables: quantified.variables,
    where: quantified.where.map((part) => substituteCondition(part, inner)),
    holds: quantified.holds.map((part) => substituteCondition(part, inner)),
  };
  return "forall" in condition ? { forall: replaced } : { exists: replaced };
}

/** A variable and the type its values must have, if any. */
export interface Parameter {
  readonly name: string;
  readonly type?: string;
}

/** Reads `"?x"` or `"?x - type"`. */
export function readParameter(text: string): Parameter {
  const dash = text.indexOf(" - ");
  if (dash < 0) return { name: text.trim() };
  return { name: text.slice(0, dash).trim(), type: text.slice(dash + 3).trim() };
}
