import { type Condition, isAtom, type Parameter } from "../domain/condition.ts";
import { compileTest, freeVariables, type Scope, type Test } from "./compiled-condition.ts";
import { FactTable, type State } from "./fact-table.ts";
import type { Symbols } from "./symbols.ts";

/** How one argument of a row is used. */
export const compareConstant = 0;
export const compareSlot = 1;
const bindSlot = 2;

/** One level of the nested loops: rows of a table, each of which gives values to further variables. */
export interface Level {
  /** The table, when it is the same in all states. */
  readonly fixed: FactTable | undefined;
  readonly predicate: number;
  /** Compiled term that chooses the bucket, or `undefined` to go through all rows. */
  readonly keyTerm: number | undefined;
  readonly modes: readonly number[];
  readonly terms: readonly number[];
  readonly source: number;
  readonly checks: readonly Check[];
}

export interface Check {
  readonly test: Test;
  /** Which of the program's conditions; -1 for a parameter's type. */
  readonly source: number;
}

/** Conditions arranged so that facts bind variables and each test is made as early as it can be. */
export interface Program {
  readonly conditions: readonly Condition[];
  readonly slots: number;
  /** Tests that need no binding. */
  readonly first: readonly Check[];
  readonly levels: readonly Level[];
}

/** Tables of facts that no action changes, indexed by any argument. */
export class RigidTables {
  readonly #initial: State;
  readonly #fluent: ReadonlySet<number>;
  readonly #byKey = new Map<string, FactTable>();
  readonly #distinct = new Map<string, number>();
  readonly #objects: number;

  constructor(initial: State, fluent: ReadonlySet<number>, objects: number) {
    this.#initial = initial;
    this.#fluent = fluent;
    this.#objects = objects;
  }

  isRigid(predicate: number): boolean {
    return !this.#fluent.has(predicate);
  }

  /** The predicate's initial facts in buckets by the given argument. */
  keyed(predicate: number, key: number): FactTable | undefined {
    const initial = this.#initial.tables[predicate];
    if (initial === undefined || initial.key === key) return initial;
    const name = `${predicate}/${key}`;
    let table = this.#byKey.get(name);
    if (table === undefined) {
      table = FactTable.empty(key, this.#objects);
      for (const row of initial.all()) table = table.with(row);
      this.#byKey.set(name, table);
    }
    return table;
  }

  size(predicate: number): number {
    return this.#initial.tables[predicate]?.size ?? 0;
  }

  /** How many values the argument has among the initial facts. */
  distinct(predicate: number, key: number): number {
    const name = `${predicate}/${key}`;
    let count = this.#distinct.get(name);
    if (count === undefined) {
      const rows = this.#initial.tables[predicate]?.all() ?? [];
      count = Math.max(1, new Set(rows.map((row) => row[key])).size);
      this.#distinct.set(name, count);
    }
    return count;
  }

  key(predicate: number): number {
    return this.#initial.tables[predicate]?.key ?? 0;
  }
}

interface Generator {
  readonly predicate: number;
  readonly type: FactTable | undefined;
  readonly terms: readonly number[];
  readonly source: number;
}

/** Rows assumed for a predicate that has none at the start but may get some. */
const assumedRows = 4;

/**
 * Arranges conditions: tests as soon as their variables are bound, and between them the loop that promises the
 * fewest rows. A variable that no fact can bind goes through the objects of its type last.
 *
 * @param bound variables that have values from the beginning
 */
export function compileProgram(
  conditions: readonly Condition[],
  parameters: readonly Parameter[],
  bound: ReadonlySet<string>,
  scope: Scope,
  symbols: Symbols,
  rigid: RigidTables,
): Program {
  for (const { name } of parameters) scope.slot(name);
  const known = new Set([...bound].map((name) => scope.slot(name)));
  const generators: Generator[] = [];
  const waiting: { readonly check: Check; readonly needs: readonly number[] }[] = [];
  conditions.forEach((condition, source) => {
    const predicate = isAtom(condition) ? symbols.predicate(condition[0]) : undefined;
    if (isAtom(condition) && predicate !== undefined) {
      const terms = condition.slice(1).map((term) => scope.term(term, symbols));
      generators.push({ predicate, type: undefined, terms, source });
      return;
    }
    const needs = [...freeVariables(condition)].map((name) => scope.slot(name));
    waiting.push({ check: { test: compileTest(condition, scope, symbols), source }, needs });
  });
  for (const { name, type } of parameters) {
    const slot = scope.slot(name);
    if (type === undefined && known.has(slot)) continue;
    generators.push({ predicate: -1, type: symbols.table(type), terms: [slot], source: -1 });
  }

  const takeChecks = (): Check[] => {
    const taken: Check[] = [];
    for (let i = 0; i < waiting.length; ) {
      const each = waiting[i];
      if (each?.needs.every((slot) => known.has(slot))) {
        taken.push(each.check);
        waiting.splice(i, 1);
      } else i++;
    }
    for (let i = 0; i < generators.length; ) {
      const each = generators[i];
      if (each?.terms.every((term) => term < 0 || known.has(term))) {
        taken.push(membership(each));
        generators.splice(i, 1);
      } else i++;
    }
    return taken;
  };

  const first = takeChecks();
  const levels: Level[] = [];
  while (generators.length > 0) {
    let best = 0;
    let fewest = Number.POSITIVE_INFINITY;
    generators.forEach((each, i) => {
      const rows = estimate(each, known, rigid);
      if (rows < fewest) {
        best = i;
        fewest = rows;
      }
    });
    const [chosen] = generators.splice(best, 1);
    if (chosen === undefined) break;
    const level = loop(chosen, known, rigid);
    levels.push({ ...level, checks: takeChecks() });
  }
  return { conditions, slots: scope.slots.size, first, levels };
}

function membership({ predicate, type, terms, source }: Generator): Check {
  const [single] = terms;
  const values = (frame: readonly number[]) =>
    terms.map((term) => (term < 0 ? ~term : (frame[term] ?? -1)));
  if (type !== undefined && single !== undefined) {
    return { source, test: (_, frame) => type.has(values(frame)) };
  }
  return { source, test: (state, frame) => state.tables[predicate]?.has(values(frame)) ?? false };
}

function estimate(each: Generator, known: ReadonlySet<number>, rigid: RigidTables): number {
  if (each.type !== undefined) return each.type.size;
  let rows = rigid.size(each.predicate);
  if (rows === 0 && !rigid.isRigid(each.predicate)) rows = assumedRows;
  each.terms.forEach((term, i) => {
    if (term < 0 || known.has(term)) rows /= rigid.distinct(each.predicate, i);
  });
  return rows;
}

/** The loop over a table's rows; marks the variables that it binds as known. */
function loop(each: Generator, known: Set<number>, rigid: RigidTables): Omit<Level, "checks"> {
  const { predicate, type, terms, source } = each;
  const given = terms.map((term) => term < 0 || known.has(term));
  const modes = terms.map((term) => {
    if (term < 0) return compareConstant;
    if (known.has(term)) return compareSlot;
    known.add(term);
    return bindSlot;
  });
  const base = { predicate, modes, terms, source };
  if (type !== undefined) return { ...base, fixed: type, keyTerm: undefined };
  if (!rigid.isRigid(predicate)) {
    const key = rigid.key(predicate);
    return { ...base, fixed: undefined, keyTerm: given[key] === true ? terms[key] : undefined };
  }
  let key: number | undefined;
  given.forEach((is, i) => {
    if (!is) return;
    if (key === undefined || rigid.distinct(predicate, i) > rigid.distinct(predicate, key)) key = i;
  });
  return {
    ...base,
    fixed: rigid.keyed(predicate, key ?? rigid.key(predicate)),
    keyTerm: key === undefined ? undefined : terms[key],
  };
}
