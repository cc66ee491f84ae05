import { improve } from "./improve.ts";
import {
  costOf,
  emptyPlacement,
  isFeasible,
  type Placement,
  place,
  placeByRegret,
} from "./placement.ts";
import { partsPerUnit, type Response, respond } from "./prices.ts";
import { type CapacityProblem, checkProblem } from "./problem.ts";

/** How hard is tried. */
export interface CapacityOptions {
  /** Most rounds of prices. Default 500. */
  readonly rounds?: number;
}

/** What {@link solveWithCapacities} has found. */
export type CapacityOutcome = {
  /** No placement costs less; an integer, as costs are. */
  readonly bound: number;
  /** Rounds of prices that were held. */
  readonly rounds: number;
} & (
  | {
      readonly feasible: true;
      /** By task: who does it. */
      readonly agentOf: readonly number[];
      readonly cost: number;
      /** The cost is the bound: nothing better exists. */
      readonly optimal: boolean;
    }
  | {
      /** None was found in which every task is done and nobody overloaded. */
      readonly feasible: false;
      /** There is none. Otherwise there may be one that was not found. */
      readonly proved: boolean;
    }
);

const defaultRounds = 500;
/** Rounds without a better bound after which steps are halved. */
const patience = 25;
/** A placement is made from the agents' wishes in one of so many rounds, and whenever the bound has risen. */
const placeEvery = 3;
/** Steps below this share of the way to the best cost lead nowhere. */
const shortestStep = 0.002;

/**
 * Assigns tasks to agents of limited capacity: a heuristic with a bound that says how far from the best it can be.
 *
 * Each round offers the tasks at prices, and every agent says which it would take (see `respond`); prices rise for what nobody
 * wants and fall for what several do (subgradient steps of Polyak's length). The best sum so far is the bound. On the
 * way placements are made from the wishes, completed by regret and improved by shifts and swaps; the cheapest
 * is the answer.
 *
 * The bound always holds. Finding a placement where there is one is not promised: that alone is NP-hard. `proved`
 * is said when a task fits no agent, or the bound exceeds what any placement can cost.
 *
 * @throws InvalidCostsError when the problem is malformed, see {@link CapacityProblem}
 */
export function solveWithCapacities(
  problem: CapacityProblem,
  { rounds = defaultRounds }: CapacityOptions = {},
): CapacityOutcome {
  const search = new PlacementSearch(problem, rounds);
  while (!search.isOver) search.step();
  return search.outcome();
}

/** {@link solveWithCapacities} round by round, for a thread that has other things to do as well. */
export class PlacementSearch {
  readonly #problem: CapacityProblem;
  readonly #mostRounds: number;
  /** No placement costs more; without any that is, when a task fits nobody. */
  readonly #ceiling: number;
  readonly #prices: Float64Array;
  #bound: number;
  #best: { readonly placement: Placement; readonly cost: number } | undefined;
  #step = 2;
  #stale = 0;
  #rounds = 0;

  /** @throws InvalidCostsError when the problem is malformed */
  constructor(problem: CapacityProblem, mostRounds = defaultRounds) {
    checkProblem(problem);
    this.#problem = problem;
    this.#mostRounds = mostRounds;
    this.#ceiling = dearest(problem) ?? Number.NEGATIVE_INFINITY;
    this.#bound = cheapestSum(problem);
    this.#prices = secondLeast(problem);
    if (this.isOver) return;
    const { tasks, costs, loads, capacities } = problem;
    const shares = loads.map(
      (load, at) => load / Math.max(1, capacities[Math.floor(at / tasks)] ?? 1),
    );
    for (const weights of [costs, loads, shares]) this.#try(emptyPlacement(problem), weights);
  }

  /** Nothing better can be found, or it has been tried for long enough. */
  get isOver(): boolean {
    const [best, bound] = [this.#best, this.#bound];
    const isProved = best === undefined ? bound > this.#ceiling : best.cost <= bound;
    return isProved || this.#step < shortestStep || this.#rounds >= this.#mostRounds;
  }

  /** One round of prices. */
  step(): void {
    this.#rounds += 1;
    const response = respond(this.#problem, this.#prices);
    const bound = Math.ceil(response.bound / partsPerUnit);
    const hasRisen = bound > this.#bound;
    if (hasRisen) {
      this.#bound = bound;
      this.#stale = 0;
    } else {
      this.#stale += 1;
      if (this.#stale >= patience) {
        this.#step /= 2;
        this.#stale = 0;
      }
    }
    if (hasRisen || this.#rounds % placeEvery === 0) this.#place(response);
    this.#move(response);
  }

  /** What has been found so far. */
  outcome(): CapacityOutcome {
    const [bound, rounds, best] = [this.#bound, this.#rounds, this.#best];
    if (best === undefined)
      return { feasible: false, proved: bound > this.#ceiling, bound, rounds };
    const { cost, placement } = best;
    return {
      feasible: true,
      agentOf: [...placement.agentOf],
      cost,
      optimal: cost === bound,
      bound,
      rounds,
    };
  }

  /** Every wished task goes to the cheapest that wants it, the rest where it is missed most at these prices. */
  #place({ cheapest }: Response): void {
    const placement = emptyPlacement(this.#problem);
    for (const [task, agent] of cheapest.entries()) {
      if (agent >= 0) place(this.#problem, placement, task, agent);
    }
    this.#try(placement, this.#problem.costs);
  }

  #try(placement: Placement, weights: Float64Array): void {
    placeByRegret(this.#problem, placement, weights);
    improve(this.#problem, placement);
    if (!isFeasible(placement)) return;
    const cost = costOf(this.#problem, placement);
    if (cost < (this.#best?.cost ?? Number.POSITIVE_INFINITY)) this.#best = { placement, cost };
  }

  #move({ bound, wanted }: Response): void {
    const excess = wanted.reduce((sum, count) => sum + (1 - count) ** 2, 0);
    if (excess === 0) return;
    const target = (this.#best?.cost ?? this.#ceiling + 1) * partsPerUnit;
    const length = (this.#step * Math.max(partsPerUnit, target - bound)) / excess;
    for (const [task, count] of wanted.entries()) {
      this.#prices[task] = Math.round((this.#prices[task] as number) + length * (1 - count));
    }
  }
}

/** What tasks cost where they may go, task by task. */
function fitting(
  { agents, tasks, costs, loads, capacities }: CapacityProblem,
  task: number,
): number[] {
  const fits: number[] = [];
  for (let agent = 0; agent < agents; agent += 1) {
    const at = agent * tasks + task;
    if ((loads[at] as number) <= (capacities[agent] as number)) fits.push(costs[at] as number);
  }
  return fits;
}

/** No placement costs more; `undefined` when a task fits no agent. */
function dearest(problem: CapacityProblem): number | undefined {
  let sum = 0;
  for (let task = 0; task < problem.tasks; task += 1) {
    const most = fitting(problem, task).reduce(
      (one, other) => Math.max(one, other),
      Number.NEGATIVE_INFINITY,
    );
    if (most === Number.NEGATIVE_INFINITY) return undefined;
    sum += most;
  }
  return sum;
}

/** Every task where it is cheapest, whatever it takes: no placement costs less. */
function cheapestSum({ agents, tasks, costs }: CapacityProblem): number {
  let sum = 0;
  for (let task = 0; task < tasks; task += 1) {
    let least = Number.POSITIVE_INFINITY;
    for (let agent = 0; agent < agents; agent += 1)
      least = Math.min(least, costs[agent * tasks + task] as number);
    sum += least;
  }
  return sum;
}

/** Prices to begin with, in parts: at the second least cost only the cheapest agent gains. */
function secondLeast(problem: CapacityProblem): Float64Array {
  return Float64Array.from({ length: problem.tasks }, (_, task) => {
    const [first = 0, second = first] = fitting(problem, task).sort((one, other) => one - other);
    return second * partsPerUnit;
  });
}
