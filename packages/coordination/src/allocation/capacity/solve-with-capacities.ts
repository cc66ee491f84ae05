import type { CapacityOutcome } from "./outcome.ts";
import { PlacementSearch } from "./placement-search.ts";
import type { CapacityProblem } from "./problem.ts";

/** How hard is tried. */
export interface CapacityOptions {
  /** Most rounds of prices. Default 500. */
  readonly rounds?: number;
}

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
  { rounds }: CapacityOptions = {},
): CapacityOutcome {
  const search = new PlacementSearch(problem, rounds);
  while (!search.isOver) search.step();
  return search.outcome();
}
