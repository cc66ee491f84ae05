import {
  type Atom,
  type Condition,
  conjuncts,
  isAtom,
  isVariable,
  type Task,
} from "../domain/condition.ts";
import type { Domain, Method } from "../domain/domain.ts";
import { chain, type OrderPair } from "../domain/ordering.ts";

/** A domain and its tasks with everything in one row. Every plan of it is one of the domain it was made from. */
export interface Linear {
  readonly domain: Domain;
  /** The problem's tasks in their row, as pairs of indices. */
  readonly order: readonly OrderPair[];
  /** For each method that was put in a row, which subtask (by its index in the original) comes when. */
  readonly rows: ReadonlyMap<string, readonly number[]>;
}

/** Prefers one subtask before another: how much speaks for the first coming earlier. */
type Preference = (earlier: Atom, later: Atom) => number;

/**
 * Puts the subtasks of every method, and the problem's tasks, in one row each. What is ordered stays so; where there is
 * a choice, a subtask comes after those that may bring about what it needs and before those that may undo it, and
 * otherwise as it is listed.
 *
 * Rows spare the search the interleavings, of which most differ in nothing. A problem that can only be solved by
 * interleaving has no plan in rows, so the answer "none" of a linear search means nothing.
 *
 * After Wu, Lin, Behnke & Bercher, "Finding Solution Preserving Linearizations For Partially Ordered Hierarchical
 * Planning Problems" (2022), but on lifted methods.
 *
 * @param tasks the problem's tasks
 * @param order pairs of their indices that must be kept
 * @param undecided what comes first of two for which nothing speaks
 */
export function linearise(
  domain: Domain,
  tasks: readonly Task[],
  order: readonly OrderPair[],
  undecided: "listed" | "reversed" = "listed",
): Linear {
  const prefer = preferenceIn(domain);
  const rows = new Map<string, readonly number[]>();
  const inRow = (method: Method): Method => {
    if (method.sequential) return method;
    const row = rowOf(method.subtasks, method.order, prefer, undecided);
    rows.set(method.name, row);
    const subtasks = row.flatMap((i) => [method.subtasks[i] ?? []]) as readonly Atom[];
    return { ...method, subtasks, order: chain(row.length), sequential: true };
  };
  const methods = domain.methods.map(inRow);
  const methodsByTask = new Map<string, Method[]>();
  for (const method of methods) {
    const [task] = method.task;
    const others = methodsByTask.get(task);
    if (others === undefined) methodsByTask.set(task, [method]);
    else others.push(method);
  }
  const row = rowOf(tasks, order, prefer, undecided);
  const pairs = chain(row.length).map(([i, j]): OrderPair => [row[i] ?? 0, row[j] ?? 0]);
  return { domain: { ...domain, methods, methodsByTask }, order: pairs, rows };
}

/** Greedily the entry that the fewest of those left should come before; the first listed of several. */
function rowOf(
  entries: readonly Atom[],
  order: readonly OrderPair[],
  prefer: Preference,
  undecided: "listed" | "reversed",
): readonly number[] {
  const left = new Set(entries.keys());
  const against = entries.map((later, j) =>
    entries.map((earlier, i) =>
      i === j ? 0 : Math.max(0, prefer(earlier, later) - prefer(later, earlier)),
    ),
  );
  const row: number[] = [];
  while (left.size > 0) {
    const waiting = new Set(order.flatMap(([i, j]) => (left.has(i) && left.has(j) ? [j] : [])));
    let [best, least] = [-1, Number.POSITIVE_INFINITY];
    for (const i of left) {
      if (waiting.has(i)) continue;
      let sum = 0;
      for (const other of left) sum += against[i]?.[other] ?? 0;
      if (sum < least || (sum === least && undecided === "reversed")) [best, least] = [i, sum];
    }
    // Only a circle leaves none, and domains and problems with one are refused.
    if (best < 0) break;
    left.delete(best);
    row.push(best);
  }
  return row;
}

/** A literal of a symbol: arguments are parameters by number, objects by name, or anything. */
interface Trait {
  readonly predicate: string;
  readonly present: boolean;
  readonly terms: readonly (number | string | undefined)[];
}

interface Traits {
  /** What it needs and cannot bring about itself. */
  readonly needs: Map<string, Trait>;
  /** What it may make true or false. */
  readonly effects: Map<string, Trait>;
}

function preferenceIn(domain: Domain): Preference {
  const traits = traitsOf(domain);
  const known = new Map<string, number>();
  return (earlier, later) => {
    const key = JSON.stringify([earlier, later]);
    const before = known.get(key);
    if (before !== undefined) return before;
    const weight = brings(traits, earlier, later, true) + brings(traits, later, earlier, false);
    known.set(key, weight);
    return weight;
  };
}

/** How many needs of `other` the effects of `one` may bring about, or (`helps` false) undo. */
function brings(
  traits: ReadonlyMap<string, Traits>,
  one: Atom,
  other: Atom,
  helps: boolean,
): number {
  let count = 0;
  const effects = [...(traits.get(one[0])?.effects.values() ?? [])];
  for (const need of traits.get(other[0])?.needs.values() ?? []) {
    const fits = effects.some(
      (effect) =>
        effect.predicate === need.predicate &&
        (effect.present === need.present) === helps &&
        effect.terms.every((term, i) => meet(term, one, need.terms[i], other)),
    );
    if (fits) count++;
  }
  return count;
}

function meet(
  left: Trait["terms"][number],
  one: Atom,
  right: Trait["terms"][number],
  other: Atom,
): boolean {
  const a = typeof left === "number" ? one[left + 1] : left;
  const b = typeof right === "number" ? other[right + 1] : right;
  return a === undefined || b === undefined || a === b;
}

function traitsOf(domain: Domain): ReadonlyMap<string, Traits> {
  const traits = new Map<string, Traits>();
  const below = new Map<string, Map<string, Trait>>();
  for (const action of domain.actions.values()) {
    const parameters = action.parameters.map((each) => each.name);
    const own: Traits = { needs: new Map(), effects: new Map() };
    for (const each of literals(action.preconditions, parameters)) note(own.needs, each);
    for (const each of action.add) note(own.effects, trait(each, true, parameters));
    for (const each of action.remove) note(own.effects, trait(each, false, parameters));
    traits.set(action.name, own);
  }
  for (const name of domain.tasks.keys()) {
    traits.set(name, { needs: new Map(), effects: new Map() });
    below.set(name, new Map());
  }
  for (let changed = true; changed; ) {
    changed = false;
    for (const method of domain.methods) {
      const [name, ...terms] = method.task;
      const above = traits.get(name);
      const needs = below.get(name);
      if (above === undefined || needs === undefined) continue;
      for (const each of literals(method.preconditions, terms)) {
        if (note(needs, each)) changed = true;
      }
      for (const subtask of method.subtasks) {
        const given = subtask.slice(1).map((term) => position(term, terms));
        const lift = (each: Trait): Trait => ({
          ...each,
          terms: each.terms.map((term) => (typeof term === "number" ? given[term] : term)),
        });
        const inside = below.get(subtask[0]) ?? traits.get(subtask[0])?.needs;
        for (const each of [...(inside?.values() ?? [])]) {
          if (note(needs, lift(each))) changed = true;
        }
        for (const each of [...(traits.get(subtask[0])?.effects.values() ?? [])]) {
          if (note(above.effects, lift(each))) changed = true;
        }
      }
    }
  }
  for (const [name, needs] of below) {
    const own = traits.get(name);
    const self: Atom = [name, ...(domain.tasks.get(name)?.parameters ?? []).map((p) => p.name)];
    for (const [key, need] of needs) {
      const itself = [...(own?.effects.values() ?? [])].some(
        (effect) =>
          effect.predicate === need.predicate &&
          effect.present === need.present &&
          effect.terms.every((term, i) => meet(term, self, need.terms[i], self)),
      );
      if (!itself) own?.needs.set(key, need);
    }
  }
  return traits;
}

function literals(conditions: readonly Condition[], terms: readonly string[]): readonly Trait[] {
  return conditions.flatMap(conjuncts).flatMap((each): readonly Trait[] => {
    if (isAtom(each)) return [trait(each, true, terms)];
    return "not" in each && isAtom(each.not) ? [trait(each.not, false, terms)] : [];
  });
}

function trait([predicate, ...terms]: Atom, present: boolean, of: readonly string[]): Trait {
  return { predicate, present, terms: terms.map((term) => position(term, of)) };
}

function position(term: string, among: readonly string[]): number | string | undefined {
  if (!isVariable(term)) return term;
  const at = among.indexOf(term);
  return at < 0 ? undefined : at;
}

/** Whether it was not known. */
function note(into: Map<string, Trait>, each: Trait): boolean {
  const key = JSON.stringify([each.present, each.predicate, ...each.terms.map((t) => t ?? null)]);
  if (into.has(key)) return false;
  into.set(key, each);
  return true;
}
