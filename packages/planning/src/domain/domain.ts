import type { Atom, Condition, Fact, Parameter } from "./condition.ts";

/** What is true at some moment, to be asked by duration and cost functions. */
export interface FactView {
  /** Whether the fact is true. */
  has(...fact: Fact): boolean;
  /** All true facts of a predicate. */
  matching(predicate: string): readonly Fact[];
}

/** A number, or a function of the action's arguments and the facts in which it begins. */
export type Measure = number | ((args: readonly string[], facts: FactView) => number);

/** A primitive: what can be done in one step. */
export interface Action {
  readonly name: string;
  readonly parameters: readonly Parameter[];
  readonly preconditions: readonly Condition[];
  readonly add: readonly Atom[];
  readonly remove: readonly Atom[];
  /** Seconds. */
  readonly duration: Measure;
  /** Not negative, in any one unit. */
  readonly cost: Measure;
  /** 0 to 1. */
  readonly successProbability: Measure;
  /** Units of named resources held while it runs. */
  readonly resources: Readonly<Record<string, number>>;
  /** Greater goes first where a scheduler has the choice. */
  readonly priority: number;
}

/** A compound task: something to be decomposed by a method. */
export interface CompoundTask {
  readonly name: string;
  readonly parameters: readonly Parameter[];
}

/** One way to decompose a task. */
export interface Method {
  readonly name: string;
  readonly task: Atom;
  /** Every variable of the method, those of the task first. */
  readonly parameters: readonly Parameter[];
  readonly preconditions: readonly Condition[];
  readonly subtasks: readonly Atom[];
  /** Pairs of subtask indices `[earlier, later]` that the search keeps. */
  readonly order: readonly (readonly [number, number])[];
  /** Whether `order` leaves only one sequence. */
  readonly sequential: boolean;
  /** Pairs `[earlier, later]` that bind execution too: the later may not begin before the earlier is done. */
  readonly strictOrder: readonly (readonly [number, number])[];
  /** 0 to 1. */
  readonly successProbability: number;
}

/** The lifted model that every part of the planner works on. Built by `defineDomain` or read from HDDL. */
export interface Domain {
  readonly name: string;
  /** Each type with its direct supertypes. */
  readonly types: ReadonlyMap<string, readonly string[]>;
  /** Objects that every problem has, each with its types. */
  readonly constants: ReadonlyMap<string, readonly string[]>;
  /** Each predicate with the types of its arguments; `undefined` for an untyped one. */
  readonly predicates: ReadonlyMap<string, readonly (string | undefined)[]>;
  /** Whether facts of other predicates are refused. */
  readonly closed: boolean;
  readonly actions: ReadonlyMap<string, Action>;
  readonly tasks: ReadonlyMap<string, CompoundTask>;
  readonly methods: readonly Method[];
  readonly methodsByTask: ReadonlyMap<string, readonly Method[]>;
}

/** A type and all its supertypes. */
export function withSupertypes(domain: Domain, type: string): ReadonlySet<string> {
  const found = new Set<string>([type]);
  for (const each of found) for (const parent of domain.types.get(each) ?? []) found.add(parent);
  return found;
}
