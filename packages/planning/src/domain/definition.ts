import type { Atom, Condition } from "./condition.ts";
import type { Measure } from "./domain.ts";

/** A variable, optionally typed: `"?d"` or `"?d - dataset"`. */
type ParameterText = `?${string}`;

/** A primitive as the builder takes it. */
export interface ActionDefinition {
  readonly parameters: readonly ParameterText[];
  /** All must hold when the action begins. Default: none. */
  readonly preconditions?: readonly Condition[];
  /** Removals happen before additions. Default: none. */
  readonly effects?: { readonly add?: readonly Atom[]; readonly remove?: readonly Atom[] };
  /** Seconds, not negative. Default 0. */
  readonly duration?: Measure;
  /** Not negative, in any one unit. Default 1. */
  readonly cost?: Measure;
  /** 0 to 1. Default 1. */
  readonly successProbability?: Measure;
  /** Units of named resources held while it runs. Default: none. */
  readonly resources?: Readonly<Record<string, number>>;
  /** Greater goes first where a scheduler has the choice. Default 0. */
  readonly priority?: number;
}

/** A compound task as the builder takes it. */
export interface TaskDefinition {
  readonly parameters: readonly ParameterText[];
}

type Terms<Parameters extends readonly unknown[]> = { readonly [I in keyof Parameters]: string };

/** The calls that fit a set of declarations: a name with as many terms as it has parameters. */
type CallOf<Declared extends Readonly<Record<string, TaskDefinition>>> = {
  [Name in keyof Declared & string]: readonly [Name, ...Terms<Declared[Name]["parameters"]>];
}[keyof Declared & string];

/** A method as the builder takes it. */
export interface MethodDefinition<TaskCall, SubtaskCall> {
  /** The task it decomposes; its variables are the method's. */
  readonly task: TaskCall;
  /** Further variables, bound by the preconditions, or else by every object. Default: none. */
  readonly parameters?: readonly ParameterText[];
  /** All must hold where the method is chosen. Default: none. */
  readonly preconditions?: readonly Condition[];
  /** May be empty: the task is then done. */
  readonly subtasks: readonly SubtaskCall[];
  /**
   * - `"sequence"` (default): planned in this order; steps that do not depend on each other may run side by side.
   * - `"strict"`: a subtask begins only when all steps of the one before are done.
   * - `"any"`: planned in whatever order works, steps of different subtasks may alternate.
   * - pairs `[i, j]` of subtask indices: `i` is done before `j` begins, otherwise as `"any"`.
   */
  readonly ordering?: "sequence" | "strict" | "any" | readonly (readonly [number, number])[];
  /** Probability that the decomposition itself is right, 0 to 1. Default 1. */
  readonly successProbability?: number;
  /** Pairs `[producer, consumer]` of subtask indices: the consumer needs the producer's output, so it waits for it. */
  readonly dataFlow?: readonly (readonly [number, number])[];
}

/** A whole domain as the builder takes it. */
export interface DomainDefinition<
  Actions extends Readonly<Record<string, ActionDefinition>>,
  Tasks extends Readonly<Record<string, TaskDefinition>>,
> {
  readonly name: string;
  /** Each type with its supertype or supertypes; `null` for one that has none. Default: no types. */
  readonly types?: Readonly<Record<string, string | readonly string[] | null>>;
  /** Objects that exist in every problem, with their type. Default: none. */
  readonly constants?: Readonly<Record<string, string | readonly string[] | null>>;
  /** When given, no other predicates may be used. Default: whatever is used, with one arity each. */
  readonly predicates?: Readonly<Record<string, readonly ParameterText[]>>;
  readonly actions: Actions;
  readonly tasks?: Tasks;
  readonly methods?: Readonly<
    Record<
      string,
      MethodDefinition<CallOf<NoInfer<Tasks>>, CallOf<NoInfer<Actions>> | CallOf<NoInfer<Tasks>>>
    >
  >;
}

/** {@link DomainDefinition} without what the compiler can check; what is read at run time. */
export type AnyDomainDefinition = Omit<
  DomainDefinition<
    Readonly<Record<string, ActionDefinition>>,
    Readonly<Record<string, TaskDefinition>>
  >,
  "methods"
> & { readonly methods?: Readonly<Record<string, MethodDefinition<Atom, Atom>>> };
