import { type Atom, type Condition, isVariable } from "../domain/condition.ts";
import type { Action, Domain, FactView, Measure, Method } from "../domain/domain.ts";
import { ProblemError } from "../errors.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { compileProgram, type Program, RigidTables } from "./binding-program.ts";
import { boundValue, compileTest, type Frame, Scope, type Test } from "./compiled-condition.ts";
import { type Change, FactTable, progress, type State } from "./fact-table.ts";
import { GoalReach } from "./goal-reach.ts";
import { knotsOf } from "./knots.ts";
import { type Pulled, pullUpConditions } from "./pull-up.ts";
import { Symbols } from "./symbols.ts";

interface CompiledEffect {
  readonly predicate: number;
  readonly terms: readonly number[];
}

export interface CompiledAction {
  readonly kind: "action";
  /** Number of the name, different from all others. */
  readonly id: number;
  readonly name: string;
  readonly action: Action;
  readonly program: Program;
  readonly scope: Scope;
  readonly add: readonly CompiledEffect[];
  readonly remove: readonly CompiledEffect[];
}

export interface CompiledMethod {
  readonly method: Method;
  readonly program: Program;
  readonly pulled: readonly Pulled[];
  /** Compiled terms of the task it decomposes. */
  readonly task: readonly number[];
  readonly subtasks: readonly {
    readonly symbol: CompiledSymbol;
    readonly terms: readonly number[];
  }[];
  readonly scope: Scope;
}

interface CompiledTask {
  readonly kind: "task";
  readonly id: number;
  readonly name: string;
  readonly knot: boolean;
  readonly methods: CompiledMethod[];
}

export type CompiledSymbol = CompiledAction | CompiledTask;

/** A domain and a problem made ready for the search. */
export class CompiledProblem {
  readonly domain: Domain;
  readonly symbols: Symbols;
  readonly initial: State;
  readonly goal: readonly { readonly condition: Condition; readonly test: Test }[];
  readonly reach: GoalReach;
  /** Whether all methods are sequences, so that only one task is ever next. */
  readonly sequential: boolean;
  readonly #compiled = new Map<string, CompiledSymbol>();
  readonly #rigid: RigidTables;
  readonly #pulled: ReadonlyMap<string, readonly Pulled[]>;

  /** @throws ProblemError when the problem does not fit the domain */
  constructor(domain: Domain, problem: PlanningProblem, sequential: boolean) {
    this.domain = domain;
    this.sequential = sequential;
    this.symbols = new Symbols(domain, problem);
    const { symbols } = this;
    this.initial = initialState(domain, problem, symbols);
    const fluent = new Set<number>();
    for (const action of domain.actions.values()) {
      for (const [name] of [...action.add, ...action.remove]) {
        const predicate = symbols.predicate(name);
        if (predicate !== undefined) fluent.add(predicate);
      }
    }
    this.#rigid = new RigidTables(this.initial, fluent, symbols.objects.length);
    this.#pulled = pullUpConditions(domain, symbols, !sequential);
    const knots = knotsOf(domain);
    let id = 0;
    for (const action of domain.actions.values()) {
      this.#compiled.set(action.name, this.#action(action, id++));
    }
    const tasks = [...domain.tasks.keys()].map((name): CompiledTask => {
      return { kind: "task", id: id++, name, knot: knots.has(name), methods: [] };
    });
    for (const task of tasks) this.#compiled.set(task.name, task);
    for (const task of tasks) {
      for (const method of domain.methodsByTask.get(task.name) ?? []) {
        task.methods.push(this.#method(method));
      }
    }
    this.reach = new GoalReach(domain, problem.goal ?? [], symbols);
    this.goal = (problem.goal ?? []).map((condition) => ({
      condition,
      test: compileTest(condition, new Scope(), symbols),
    }));
  }

  /** @throws ProblemError when there is no action or task of the name, or it takes another number of arguments */
  symbol(name: string, args: readonly string[], place: string): CompiledSymbol {
    const symbol = this.#compiled.get(name);
    if (symbol === undefined) {
      const known = [...this.#compiled.keys()].join(", ");
      throw new ProblemError(
        place,
        `'${name}' is neither an action nor a task; there are ${known}`,
      );
    }
    const declared = this.domain.actions.get(name) ?? this.domain.tasks.get(name);
    const wanted = declared?.parameters.length ?? 0;
    if (args.length !== wanted) {
      throw new ProblemError(place, `'${name}' takes ${wanted} arguments but gets ${args.length}`);
    }
    const open = args.find(isVariable);
    if (open !== undefined) {
      throw new ProblemError(place, `argument '${open}' is a variable; tasks are about objects`);
    }
    return symbol;
  }

  effects(of: readonly CompiledEffect[], frame: Frame): readonly Change[] {
    return of.map(({ predicate, terms }) => ({
      predicate,
      tuple: terms.map((term) => boundValue(term, frame)),
    }));
  }

  apply(action: CompiledAction, args: readonly number[], state: State): State {
    const frame = [...args];
    return progress(state, this.effects(action.remove, frame), this.effects(action.add, frame));
  }

  measure(value: Measure, args: readonly number[], state: State): number {
    if (typeof value === "number") return value;
    return value(this.symbols.names(args), this.view(state));
  }

  /** A state as duration and cost functions see it. */
  view(state: State): FactView {
    const { symbols } = this;
    return {
      has: (name, ...args) => {
        const predicate = symbols.predicate(name);
        const tuple = args.map((each) => symbols.find(each) ?? -1);
        if (predicate === undefined || tuple.includes(-1)) return false;
        return state.tables[predicate]?.has(tuple) ?? false;
      },
      matching: (name) => {
        const rows = state.tables[symbols.predicate(name) ?? -1]?.all() ?? [];
        return rows.map((row) => [name, ...symbols.names(row)] as const);
      },
    };
  }

  #action(action: Action, id: number): CompiledAction {
    const scope = new Scope();
    const bound = new Set(action.parameters.map((each) => each.name));
    const { symbols } = this;
    const program = compileProgram(
      action.preconditions,
      action.parameters,
      bound,
      scope,
      symbols,
      this.#rigid,
    );
    const effect = ([name, ...terms]: Atom): CompiledEffect => ({
      predicate: symbols.predicate(name) ?? -1,
      terms: terms.map((term) => scope.term(term, symbols)),
    });
    return {
      kind: "action",
      id,
      name: action.name,
      action,
      program,
      scope,
      add: action.add.map(effect),
      remove: action.remove.map(effect),
    };
  }

  #method(method: Method): CompiledMethod {
    const scope = new Scope();
    const { symbols } = this;
    const pulled = this.#pulled.get(method.name) ?? [];
    const conditions = [...method.preconditions, ...pulled.map((each) => each.condition)];
    const bound = new Set(method.task.slice(1).filter(isVariable));
    const program = compileProgram(
      conditions,
      method.parameters,
      bound,
      scope,
      symbols,
      this.#rigid,
    );
    return {
      method,
      program,
      pulled,
      scope,
      task: method.task.slice(1).map((term) => scope.term(term, symbols)),
      subtasks: method.subtasks.map(([name, ...terms]) => {
        const symbol = this.#compiled.get(name);
        if (symbol === undefined) throw new ProblemError(`method '${method.name}'`, `no '${name}'`);
        return { symbol, terms: terms.map((term) => scope.term(term, symbols)) };
      }),
    };
  }
}

/** Values of a method's variables that its task's arguments give, or `undefined` when they do not fit. */
export function frameFor(method: CompiledMethod, args: readonly number[]): Frame | undefined {
  const frame: Frame = new Array<number>(method.program.slots).fill(-1);
  for (let i = 0; i < args.length; i++) {
    const term = method.task[i] ?? 0;
    const value = args[i] ?? -1;
    if (term < 0) {
      if (~term !== value) return undefined;
    } else if (frame[term] === -1) frame[term] = value;
    else if (frame[term] !== value) return undefined;
  }
  return frame;
}

function initialState(domain: Domain, problem: PlanningProblem, symbols: Symbols): State {
  const rows: number[][][] = symbols.predicates.map(() => []);
  problem.facts.forEach(([name, ...args], i) => {
    const place = `fact ${i + 1}`;
    const open = args.find(isVariable);
    if (open !== undefined)
      throw new ProblemError(place, `'${open}' is a variable; facts have none`);
    const declared = domain.predicates.get(name);
    if (declared === undefined) {
      if (!domain.closed) return;
      const known = [...domain.predicates.keys()].join(", ");
      throw new ProblemError(place, `predicate '${name}' is not declared; there are ${known}`);
    }
    if (declared.length !== args.length) {
      throw new ProblemError(
        place,
        `predicate '${name}' takes ${declared.length} arguments but gets ${args.length}`,
      );
    }
    rows[symbols.predicate(name) ?? 0]?.push(args.map((each) => symbols.object(each)));
  });
  const empty: State = {
    tables: rows.map((tuples) => FactTable.empty(keyOf(tuples), symbols.objects.length)),
    a: 0,
    b: 0,
  };
  const all = rows.flatMap((tuples, predicate) => tuples.map((tuple) => ({ predicate, tuple })));
  return progress(empty, [], all);
}

/** The argument with the most values, so that buckets are small. */
function keyOf(rows: readonly (readonly number[])[]): number {
  let key = 0;
  let most = 0;
  for (let i = 0; i < (rows[0]?.length ?? 0); i++) {
    const values = new Set(rows.map((row) => row[i])).size;
    if (values > most) {
      most = values;
      key = i;
    }
  }
  return key;
}
