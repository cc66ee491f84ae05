import { type Condition, isAtom, isVariable, readParameter } from "../domain/condition.ts";
import type { State } from "./fact-table.ts";
import type { Symbols } from "./symbols.ts";

/** Values of variables by slot; -1 for a variable without one. */
export type Frame = number[];

/** A condition that can be asked of a state once all its variables have values. */
export type Test = (state: State, frame: Frame) => boolean;

/** Where each variable's value lies in a frame. */
export class Scope {
  readonly slots = new Map<string, number>();

  /** The variable's slot, a new one if it has none. */
  slot(variable: string): number {
    const known = this.slots.get(variable);
    if (known !== undefined) return known;
    const slot = this.slots.size;
    this.slots.set(variable, slot);
    return slot;
  }

  /** A term as a number: a slot, or `~object` for a constant. */
  term(term: string, symbols: Symbols): number {
    return isVariable(term) ? this.slot(term) : ~symbols.object(term);
  }
}

/** The value of a compiled term. */
export function boundValue(term: number, frame: Frame): number {
  return term < 0 ? ~term : (frame[term] ?? -1);
}

/** Turns a condition into a function. Quantified variables get slots of their own. */
export function compileTest(condition: Condition, scope: Scope, symbols: Symbols): Test {
  if (isAtom(condition)) {
    const [name, ...args] = condition;
    const predicate = symbols.predicate(name);
    const terms = args.map((term) => scope.term(term, symbols));
    if (predicate === undefined) return () => false;
    return (state, frame) =>
      state.tables[predicate]?.has(terms.map((term) => boundValue(term, frame))) ?? false;
  }
  if ("not" in condition) {
    const inner = compileTest(condition.not, scope, symbols);
    return (state, frame) => !inner(state, frame);
  }
  if ("and" in condition) return compileAll(condition.and, scope, symbols);
  if ("or" in condition) {
    const parts = condition.or.map((each) => compileTest(each, scope, symbols));
    return (state, frame) => parts.some((each) => each(state, frame));
  }
  if ("equal" in condition) {
    const [left, right] = condition.equal.map((term) => scope.term(term, symbols));
    return (_, frame) => boundValue(left ?? 0, frame) === boundValue(right ?? 0, frame);
  }
  if ("type" in condition) {
    const term = scope.term(condition.type[0], symbols);
    const table = symbols.table(condition.type[1]);
    return (_, frame) => table.has([boundValue(term, frame)]);
  }
  const everything = "forall" in condition;
  const { variables, where, holds } = everything ? condition.forall : condition.exists;
  const inner = new Scope();
  for (const [name] of scope.slots) inner.slot(name);
  const offset = inner.slots.size;
  const parameters = variables.map(readParameter);
  const places = parameters.map(({ name }, i) => {
    inner.slots.set(name, offset + i);
    return offset + i;
  });
  const domains = parameters.map(({ type }) =>
    symbols
      .table(type)
      .all()
      .map(([id]) => id ?? -1),
  );
  const guard = compileAll(where, inner, symbols);
  const body = compileAll(holds, inner, symbols);
  return (state, frame) => {
    const values = [...frame];
    while (values.length < offset) values.push(-1);
    const counterexample = (at: number): boolean => {
      const place = places[at];
      if (place === undefined) return guard(state, values) && body(state, values) !== everything;
      for (const value of domains[at] ?? []) {
        values[place] = value;
        if (counterexample(at + 1)) return true;
      }
      return false;
    };
    return counterexample(0) !== everything;
  };
}

function compileAll(conditions: readonly Condition[], scope: Scope, symbols: Symbols): Test {
  const parts = conditions.map((each) => compileTest(each, scope, symbols));
  return (state, frame) => parts.every((each) => each(state, frame));
}

/** The variables a condition needs from outside. */
export function freeVariables(condition: Condition, into = new Set<string>()): Set<string> {
  if (isAtom(condition)) addVariables(condition.slice(1), into);
  else if ("not" in condition) freeVariables(condition.not, into);
  else if ("and" in condition) for (const each of condition.and) freeVariables(each, into);
  else if ("or" in condition) for (const each of condition.or) freeVariables(each, into);
  else if ("equal" in condition) addVariables(condition.equal, into);
  else if ("type" in condition) addVariables([condition.type[0]], into);
  else {
    const { variables, where, holds } = "forall" in condition ? condition.forall : condition.exists;
    const inner = new Set<string>();
    for (const each of [...where, ...holds]) freeVariables(each, inner);
    for (const each of variables) inner.delete(readParameter(each).name);
    for (const each of inner) into.add(each);
  }
  return into;
}

function addVariables(terms: readonly string[], into: Set<string>): void {
  for (const term of terms) if (isVariable(term)) into.add(term);
}
