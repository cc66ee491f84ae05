import { type Fact, substitute, substituteCondition } from "../domain/condition.ts";
import type { Domain } from "../domain/domain.ts";
import { Facts, ground } from "../plan/facts.ts";
import { possibleFacts, type RandomProblem, randomObjects } from "./random-problem.test-data.ts";

const objects = new Map(randomObjects.map((each) => [each as string, new Set<string>()]));
const stateCount = 1 << possibleFacts.length;
type Call = readonly [string, ...string[]];

function factsOf(state: number): Facts {
  return new Facts(
    possibleFacts.filter((_, i) => (state >>> i) & 1),
    objects,
  );
}

function stateOf(facts: Facts): number {
  return possibleFacts.reduce((bits, fact, i) => bits | (facts.has(...fact) ? 1 << i : 0), 0);
}

/** Least cost from each state to each state, by call. */
type Outcomes = ReadonlyMap<string, number>;

/**
 * What a sequence of calls can come to, by brute force: the least fixed point of "what every task can come to from
 * every state", which needs no search, no order of exploration and no care for recursion.
 */
export class ReferencePlanner {
  readonly #domain: Domain;
  readonly #tables = new Map<string, Outcomes[]>();
  readonly #methods: {
    readonly call: string;
    readonly allowed: boolean[];
    readonly subtasks: readonly Call[];
  }[] = [];

  constructor({ domain }: Pick<RandomProblem, "domain">) {
    this.#domain = domain;
    for (const action of domain.actions.values()) {
      for (const x of randomObjects) this.#action(action.name, x);
    }
    for (const method of domain.methods) {
      for (const x of randomObjects) {
        for (const y of randomObjects) {
          const binding = new Map([
            ["?x", x],
            ["?y", y],
          ]);
          this.#methods.push({
            call: JSON.stringify(ground(method.task, binding)),
            allowed: Array.from({ length: stateCount }, (_, state) =>
              method.preconditions.every((each) =>
                factsOf(state).holds(substituteCondition(each, binding)),
              ),
            ),
            subtasks: method.subtasks.map((each) => substitute(each, binding)),
          });
        }
      }
    }
    for (let changed = true; changed; ) {
      changed = false;
      for (const { call, allowed, subtasks } of this.#methods) {
        for (let state = 0; state < stateCount; state++) {
          if (!allowed[state]) continue;
          for (const [end, cost] of this.reach(subtasks, state)) {
            const table = this.#table(call)[state] as Map<string, number>;
            if ((table.get(String(end)) ?? Number.POSITIVE_INFINITY) <= cost) continue;
            table.set(String(end), cost);
            changed = true;
          }
        }
      }
    }
  }

  /** Least cost of a plan for the problem, or `undefined` when there is none. */
  leastCost({ facts, tasks, goal }: RandomProblem): number | undefined {
    let least: number | undefined;
    for (const [end, cost] of this.reach(tasks, stateOf(new Facts(facts, objects)))) {
      if (!goal.every((each) => factsOf(end).holds(each))) continue;
      if (least === undefined || cost < least) least = cost;
    }
    return least;
  }

  reach(calls: readonly Call[], from: number): ReadonlyMap<number, number> {
    let reached = new Map([[from, 0]]);
    for (const call of calls) {
      const next = new Map<number, number>();
      for (const [state, cost] of reached) {
        for (const [end, more] of this.#table(JSON.stringify(call))[state] ?? []) {
          const to = Number(end);
          if ((next.get(to) ?? Number.POSITIVE_INFINITY) > cost + more) next.set(to, cost + more);
        }
      }
      reached = next;
    }
    return reached;
  }

  #table(call: string): Outcomes[] {
    let table = this.#tables.get(call);
    if (table === undefined) {
      table = Array.from({ length: stateCount }, () => new Map<string, number>());
      this.#tables.set(call, table);
    }
    return table;
  }

  #action(name: string, x: string): void {
    const action = this.#domain.actions.get(name);
    if (action === undefined) return;
    const binding = new Map([["?x", x]]);
    const table = this.#table(JSON.stringify([name, x]));
    for (let state = 0; state < stateCount; state++) {
      const facts = factsOf(state);
      const applies = action.preconditions.every((each) =>
        facts.holds(substituteCondition(each, binding)),
      );
      if (!applies) continue;
      for (const each of action.remove) facts.remove(ground(each, binding));
      for (const each of action.add) facts.add(ground(each, binding) as Fact);
      (table[state] as Map<string, number>).set(String(stateOf(facts)), Number(action.cost));
    }
  }
}
