import { fillSack, type Item } from "./knapsack.ts";
import type { CapacityProblem } from "./problem.ts";

/** Parts in one unit of cost: prices are integers, so that the bound is exact. */
export const partsPerUnit = 1024;

/** What agents would do at given prices, each for itself. */
export interface Response {
  /** No placement costs less, in parts. */
  readonly bound: number;
  /** By task: how many agents want it. */
  readonly wanted: Int32Array;
  /** By task: of those, the one that asks least; -1: nobody. */
  readonly cheapest: Int32Array;
  /** By agent: what a unit of its capacity is worth to it, in parts. */
  readonly rates: Float64Array;
}

/**
 * Offers each task at a price to every agent; each takes those on which it gains most within its capacity. The
 * Lagrangian relaxation that lets a task be taken by none or by several: the sum of the prices less the gains of all
 * bounds every placement from below (M. L. Fisher, Management Science 27, 1981).
 *
 * @param prices by task, in parts
 */
export function respond(problem: CapacityProblem, prices: Float64Array): Response {
  const { agents, tasks, costs, loads, capacities } = problem;
  const wanted = new Int32Array(tasks);
  const cheapest = new Int32Array(tasks).fill(-1);
  const rates = new Float64Array(agents);
  let bound = prices.reduce((sum, price) => sum + price, 0);
  for (let agent = 0; agent < agents; agent += 1) {
    const base = agent * tasks;
    const capacity = capacities[agent] as number;
    const items: Item[] = [];
    for (let task = 0; task < tasks; task += 1) {
      const load = loads[base + task] as number;
      const value = (prices[task] as number) - (costs[base + task] as number) * partsPerUnit;
      if (value > 0 && load <= capacity) items.push({ value, load, task });
    }
    const filling = fillSack(items, capacity);
    bound -= filling.bound;
    rates[agent] = filling.rate;
    for (const { task } of filling.chosen) {
      wanted[task] = (wanted[task] as number) + 1;
      const before = cheapest[task] as number;
      if (before < 0 || (costs[base + task] as number) < (costs[before * tasks + task] as number)) {
        cheapest[task] = agent;
      }
    }
  }
  return { bound, wanted, cheapest, rates };
}
