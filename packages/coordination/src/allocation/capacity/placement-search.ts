import { improve } from "./improve.ts";
import { cheapestSum, dearest, secondLeast } from "./limits.ts";
import type { CapacityOutcome } from "./outcome.ts";
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

const defaultRounds = 500;
/** Rounds without a better bound after which steps are halved. */
const patience = 25;
/** Placements are made from what agents wish in one of so many rounds. */
const placeEvery = 3;
/** Steps below this share of the way to the best cost lead nowhere. */
const shortestStep = 0.002;

/** `solveWithCapacities` round by round, for a thread that has other things to do as well. */
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
    if (this.#rounds % placeEvery === 0) this.#place(response);
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

  /**
   * Every wished task goes to the cheapest that wants it, the rest where it is missed most, capacity counted at what it is worth; and
   * then all tasks go by that alone.
   */
  #place({ cheapest, rates }: Response): void {
    const { tasks, costs, loads } = this.#problem;
    const weights = costs.map(
      (cost, at) =>
        cost * partsPerUnit + (loads[at] as number) * (rates[Math.floor(at / tasks)] as number),
    );
    const placement = emptyPlacement(this.#problem);
    for (const [task, agent] of cheapest.entries()) {
      if (agent >= 0) place(this.#problem, placement, task, agent);
    }
    this.#try(placement, weights);
    this.#try(emptyPlacement(this.#problem), weights);
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
