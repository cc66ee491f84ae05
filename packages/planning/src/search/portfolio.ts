import type { Task } from "../domain/condition.ts";
import type { Call } from "./agenda.ts";
import type { CompiledProblem } from "./compiled-problem.ts";
import { Search } from "./search.ts";
import type { Deed, SearchOptions, SearchOutcome } from "./search-types.ts";

/** Nodes that each entrant gets in the first round. */
const firstAllowance = 8192;
/** How many times as many it gets in the next round. */
const growth = 4;

/** One way to search for a problem's plan. */
export interface Entrant {
  readonly compiled: CompiledProblem;
  /** Pairs of indices into the problem's tasks; `undefined` for one row. */
  readonly order: readonly (readonly [number, number])[] | undefined;
  /** For each method whose subtasks were rearranged, which of them (by its place in the domain) comes when. */
  readonly rows: ReadonlyMap<string, readonly number[]>;
  /** Whether that it finds nothing means that there is nothing. */
  readonly complete: boolean;
}

/** How a portfolio ended, and who ended it. */
export interface PortfolioOutcome {
  readonly entrant: Entrant;
  /** The problem's tasks as calls of that entrant's search. */
  readonly calls: readonly Call[];
  readonly outcome: SearchOutcome;
}

/**
 * Runs searches in turn, each anew with more nodes in every round, until one finds plans or a complete one has come to
 * its end. So the whole takes a small multiple of what the quickest of them would have taken alone. Nodes of all
 * rounds count.
 *
 * @param entrants at least one of them complete; earlier ones first in each round
 */
export function runPortfolio(
  entrants: readonly Entrant[],
  tasks: readonly Task[],
  options: SearchOptions,
): PortfolioOutcome {
  let [nodes, backtracks] = [0, 0];
  let running = entrants;
  for (let allowance = firstAllowance; ; allowance *= growth) {
    for (const entrant of running) {
      const left = options.maxNodes - nodes;
      const maxNodes = running.length === 1 ? left : Math.min(left, allowance);
      const search = new Search(entrant.compiled, { ...options, maxNodes });
      const calls = tasks.map((task, i) => search.call(task, `task ${i + 1}`));
      const found = search.run(calls, entrant.order);
      nodes += found.counts.nodes;
      backtracks += found.counts.backtracks;
      const outcome = inListedOrder({ ...found, counts: { nodes, backtracks } }, entrant);
      if (outcome.kind === "found") return { entrant, calls, outcome };
      const spent = outcome.kind === "limit" && outcome.limit === "nodes";
      if (spent && nodes < options.maxNodes) continue;
      // What a limit of the whole or a complete search says is the answer.
      const timeless = outcome.kind === "limit" && outcome.limit !== "recursion";
      if (timeless || entrant.complete) return { entrant, calls, outcome };
      running = running.filter((each) => each !== entrant);
    }
  }
}

/** The outcome with each method's subtasks in the order of the domain. */
function inListedOrder(outcome: SearchOutcome, { rows }: Entrant): SearchOutcome {
  if (outcome.kind !== "found" || rows.size === 0) return outcome;
  const listed = (deed: Deed): Deed => {
    const row = deed.kind === "decompose" ? rows.get(deed.method.method.name) : undefined;
    if (deed.kind !== "decompose" || row === undefined) return deed;
    const children: Call[] = [];
    row.forEach((at, i) => {
      const child = deed.children[i];
      if (child !== undefined) children[at] = child;
    });
    return { ...deed, children };
  };
  return { ...outcome, plans: outcome.plans.map((deeds) => deeds.map(listed)) };
}
