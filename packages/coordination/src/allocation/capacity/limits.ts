import { partsPerUnit } from "./prices.ts";
import type { CapacityProblem } from "./problem.ts";

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
export function dearest(problem: CapacityProblem): number | undefined {
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
export function cheapestSum({ agents, tasks, costs }: CapacityProblem): number {
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
export function secondLeast(problem: CapacityProblem): Float64Array {
  return Float64Array.from({ length: problem.tasks }, (_, task) => {
    const [first = 0, second = first] = fitting(problem, task).sort((one, other) => one - other);
    return second * partsPerUnit;
  });
}
