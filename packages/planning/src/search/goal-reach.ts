import { type Condition, conjuncts, isAtom, isVariable } from "../domain/condition.ts";
import type { Domain } from "../domain/domain.ts";
import type { State, Tuple } from "./fact-table.ts";
import type { Symbols } from "./symbols.ts";

/** A set of goals, one bit each. Never changed in place. */
export type Goals = readonly number[];

/** Facts and tasks left for which no goal was lost. */
export interface Assured {
  readonly state: State;
  readonly reach: Goals;
}

/** A fact that must be there, or must not be there, in the end. */
interface GoalFact {
  readonly condition: Condition;
  readonly name: string;
  readonly predicate: number;
  readonly tuple: Tuple;
  readonly present: boolean;
}

/** What a symbol may bring about: the value of each argument is a parameter's, a fixed object, or any. */
type Template = readonly (
  | { readonly parameter: number }
  | { readonly object: number }
  | undefined
)[];

/** Templates by kind of effect, each under its text. */
type Templates = Map<string, Map<string, Template>>;

const bits = 32;

/**
 * Knows which goals a task may still bring about, whatever methods decompose it, so that a node whose tasks left
 * cannot restore a goal that does not hold is given up there and not at the end.
 *
 * Effects are followed up through the methods by their arguments: a variable that the task does not give may be
 * any object. This overestimates what a task can do, so nothing that has a plan is given up.
 */
export class GoalReach {
  /** No goals. */
  readonly none: Goals;
  readonly #goals: readonly GoalFact[];
  readonly #byKind = new Map<string, readonly number[]>();
  readonly #templates = new Map<string, Templates>();
  readonly #symbols: Symbols;
  readonly #known = new Map<string, Goals>();

  constructor(domain: Domain, goal: readonly Condition[], symbols: Symbols) {
    this.#symbols = symbols;
    this.#goals = goal.flatMap(conjuncts).flatMap((each) => goalFact(each, symbols) ?? []);
    this.none = new Array<number>(Math.ceil(this.#goals.length / bits)).fill(0);
    this.#goals.forEach((each, i) => {
      const kind = kindOf(each.name, each.present);
      this.#byKind.set(kind, [...(this.#byKind.get(kind) ?? []), i]);
    });
    if (this.#goals.length > 0) this.#infer(domain);
  }

  /** The goals that an action or task may bring about. */
  of(name: string, args: readonly number[]): Goals {
    const templates = this.#templates.get(name);
    if (templates === undefined) return this.none;
    const key = `${name} ${args.join(" ")}`;
    let goals = this.#known.get(key);
    if (goals === undefined) {
      goals = this.#match(templates, args);
      this.#known.set(key, goals);
    }
    return goals;
  }

  /** A goal that does not hold and that the tasks left cannot bring about. */
  lost(state: State, reach: Goals, assured: Assured | undefined): Condition | undefined {
    if (assured?.state === state && assured.reach === reach) return undefined;
    for (let i = 0; i < this.#goals.length; i++) {
      const goal = this.#goals[i];
      if (goal === undefined || has(reach, i)) continue;
      const table = state.tables[goal.predicate];
      const known =
        assured !== undefined &&
        !has(assured.reach, i) &&
        assured.state.tables[goal.predicate] === table;
      if (!known && table?.has(goal.tuple) !== goal.present) return goal.condition;
    }
    return undefined;
  }

  /** How many goals do not hold. */
  lacking({ tables }: State): number {
    let count = 0;
    for (const { predicate, tuple, present } of this.#goals) {
      if (tables[predicate]?.has(tuple) !== present) count++;
    }
    return count;
  }

  /** How many goals there are that can be told apart. */
  get size(): number {
    return this.#goals.length;
  }

  #infer(domain: Domain): void {
    for (const action of domain.actions.values()) {
      const parameters = action.parameters.map((each) => each.name);
      for (const [atoms, present] of [
        [action.add, true],
        [action.remove, false],
      ] as const) {
        for (const [name, ...terms] of atoms) {
          this.#note(action.name, kindOf(name, present), this.#template(terms, parameters));
        }
      }
    }
    for (let changed = true; changed; ) {
      changed = false;
      for (const { task, subtasks } of domain.methods) {
        const [name, ...parameters] = task;
        for (const [subtask, ...terms] of subtasks) {
          const given = this.#template(terms, parameters);
          for (const [kind, all] of this.#templates.get(subtask) ?? []) {
            for (const each of [...all.values()]) {
              const above = each.map((value) =>
                value !== undefined && "parameter" in value ? given[value.parameter] : value,
              );
              if (this.#note(name, kind, above)) changed = true;
            }
          }
        }
      }
    }
  }

  #template(terms: readonly string[], parameters: readonly string[]): Template {
    return terms.map((term) => {
      if (!isVariable(term)) return { object: this.#symbols.object(term) };
      const parameter = parameters.indexOf(term);
      return parameter < 0 ? undefined : { parameter };
    });
  }

  /** Whether it was not known. */
  #note(name: string, kind: string, template: Template): boolean {
    if (!this.#byKind.has(kind)) return false;
    const templates: Templates = this.#templates.get(name) ?? new Map();
    const same = templates.get(kind) ?? new Map<string, Template>();
    const text = JSON.stringify(template);
    if (same.has(text)) return false;
    this.#templates.set(name, templates.set(kind, same.set(text, template)));
    return true;
  }

  #match(templates: Templates, args: readonly number[]): Goals {
    const found = [...this.none];
    for (const [kind, all] of templates) {
      for (const template of all.values()) {
        for (const i of this.#byKind.get(kind) ?? []) {
          const tuple = this.#goals[i]?.tuple ?? [];
          const fits = template.every((value, at) => {
            if (value === undefined) return true;
            return tuple[at] === ("object" in value ? value.object : args[value.parameter]);
          });
          if (fits) found[i >>> 5] = (found[i >>> 5] ?? 0) | (1 << (i & 31));
        }
      }
    }
    return found;
  }
}

/** All goals of both; one of the two where that is enough. */
export function union(left: Goals, right: Goals): Goals {
  if (left === right || left.every((word, i) => (word & ~(right[i] ?? 0)) === 0)) return right;
  return left.map((word, i) => word | (right[i] ?? 0));
}

function has(goals: Goals, i: number): boolean {
  return (((goals[i >>> 5] ?? 0) >>> (i & 31)) & 1) === 1;
}

function kindOf(name: string, present: boolean): string {
  return `${present ? "+" : "-"}${name}`;
}

function goalFact(condition: Condition, symbols: Symbols): GoalFact | undefined {
  const present = isAtom(condition);
  const atom = present ? condition : "not" in condition ? condition.not : undefined;
  if (atom === undefined || !isAtom(atom)) return undefined;
  const [name, ...terms] = atom;
  const predicate = symbols.predicate(name);
  if (predicate === undefined) return undefined;
  return {
    condition,
    name,
    predicate,
    tuple: terms.map((each) => symbols.object(each)),
    present,
  };
}
