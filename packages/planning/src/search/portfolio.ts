import type { Task } from "../domain/condition.ts";
import type { Blockage } from "../plan/problem.ts";
import type { Call } from "./agenda.ts";
import type { CompiledProblem } from "./compiled-problem.ts";
import { Search } from "./search.ts";
import type { Deed, SearchOptions, SearchOutcome, Turns } from "./search-types.ts";

/** How many times as many nodes in all an entrant may have looked at after another round. */
const growth = 2;

/** What an entrant searches. */
export interface Course {
  readonly compiled: CompiledProblem;
  /** Pairs of indices into the problem's tasks; `undefined` for one row. */
  readonly order: readonly (readonly [number, number])[] | undefined;
  /** For each method whose subtasks were rearranged, which of them (by its place in the domain) comes when. */
  readonly rows: ReadonlyMap<string, readonly number[]>;
}

/** One way to search for a problem's plan. */
export interface Entrant {
  /** Called when its turn comes for the first time. */
  readonly course: () => Course;
  /** Whether nodes that lack the fewest goals go first. */
  readonly guided: boolean;
  /** Nodes until the others have their turn, in the first round. */
  readonly allowance: number;
  /** Whether that it finds nothing means that there is nothing. */
  readonly complete: boolean;
}

/** How a portfolio ended, and on whose course. */
export interface PortfolioOutcome {
  readonly course: Course;
  /** The problem's tasks as calls of that entrant's search. */
  readonly calls: readonly Call[];
  readonly outcome: SearchOutcome;
}

/** A search that has begun. */
interface Running {
  readonly entrant: Entrant;
  readonly course: Course;
  readonly search: Search;
  readonly calls: readonly Call[];
  readonly turns: Turns<SearchOutcome>;
}

/**
 * Lets searches take turns until one finds plans or a complete one has come to its end. Each goes on where it had
 * stopped, and may look at twice as many nodes in every round, so that the whole takes a small multiple of what the
 * quickest of them would have taken alone.
 *
 * @param entrants at least one of them complete; earlier ones first in each round
 * @param options `maxNodes` counts for all together
 */
export function runPortfolio(
  entrants: readonly Entrant[],
  tasks: readonly Task[],
  options: SearchOptions,
): PortfolioOutcome {
  const running = new Map<Entrant, Running>();
  const total = () => [...running.values()].reduce((sum, { search }) => sum + search.nodes, 0);
  let left = entrants;
  for (let share = 1; ; share *= growth) {
    for (const entrant of left) {
      const one = running.get(entrant) ?? begin(entrant, tasks, options);
      running.set(entrant, one);
      const alone = left.length === 1;
      const others = total() - one.search.nodes;
      const most = options.maxNodes - others;
      const until = alone ? most : Math.min(most, entrant.allowance * share);
      const outcome = advance(one, until, most);
      if (outcome === undefined) continue;
      const { course, calls } = one;
      const counts = { ...outcome.counts, nodes: others + outcome.counts.nodes };
      if (outcome.kind === "found")
        return { course, calls, outcome: inListedOrder({ ...outcome, counts }, course) };
      if (outcome.kind === "limit" && outcome.limit !== "recursion") {
        const blockage = furthest([...running.values()]);
        return { course, calls, outcome: { ...outcome, counts, blockage } };
      }
      if (entrant.complete) return { course, calls, outcome: { ...outcome, counts } };
      left = left.filter((each) => each !== entrant);
    }
  }
}

function begin(entrant: Entrant, tasks: readonly Task[], options: SearchOptions): Running {
  const course = entrant.course();
  const search = new Search(course.compiled, { ...options, guided: entrant.guided });
  const calls = tasks.map((task, i) => search.call(task, `task ${i + 1}`));
  return { entrant, course, search, calls, turns: search.inTurns(calls, course.order) };
}

/** Goes on until so many nodes; the outcome if that is the end, as it is after `most`. */
function advance(
  { turns, search }: Running,
  until: number,
  most: number,
): SearchOutcome | undefined {
  for (let over = false; ; over = search.nodes >= most) {
    const turn = turns.next(over ? "nodes" : undefined);
    if (turn.done === true) return turn.value;
    if (search.nodes >= until && search.nodes < most) return undefined;
  }
}

function furthest(running: readonly Running[]): Blockage | undefined {
  const all = running.flatMap(({ search }) => search.blockage ?? []);
  return all.toSorted((left, right) => right.afterSteps - left.afterSteps)[0];
}

/** The outcome with each method's subtasks in the order of the domain. */
function inListedOrder(outcome: SearchOutcome, { rows }: Course): SearchOutcome {
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
