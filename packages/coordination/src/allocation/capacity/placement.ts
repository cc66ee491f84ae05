import type { CapacityProblem } from "./problem.ts";

/** Who does which task, and how much room that leaves. Below 0 an agent is overloaded. */
export interface Placement {
  /** By task. */
  readonly agentOf: Int32Array;
  /** By agent: capacity that is left. */
  readonly room: Float64Array;
}

/** Nobody has anything. */
export function emptyPlacement({ tasks, capacities }: CapacityProblem): Placement {
  return { agentOf: new Int32Array(tasks).fill(-1), room: new Float64Array(capacities) };
}

export function place(
  problem: CapacityProblem,
  placement: Placement,
  task: number,
  agent: number,
): void {
  const { loads, tasks } = problem;
  const { agentOf, room } = placement;
  const before = agentOf[task] as number;
  if (before >= 0)
    room[before] = (room[before] as number) + (loads[before * tasks + task] as number);
  room[agent] = (room[agent] as number) - (loads[agent * tasks + task] as number);
  agentOf[task] = agent;
}

export function costOf({ costs, tasks }: CapacityProblem, { agentOf }: Placement): number {
  return agentOf.reduce((sum, agent, task) => sum + (costs[agent * tasks + task] as number), 0);
}

export function isFeasible({ agentOf, room }: Placement): boolean {
  return room.every((left) => left >= 0) && agentOf.every((agent) => agent >= 0);
}

/**
 * Places the tasks that nobody has: always that one next whose second best agent is worst against its best, as it has
 * most to lose by waiting (S. Martello and P. Toth, "Knapsack Problems", 1990, chapter 7). A task that fits nowhere goes
 * where it overloads least.
 *
 * @param weights what counts as good: the least, agent by agent
 */
export function placeByRegret(
  problem: CapacityProblem,
  placement: Placement,
  weights: Float64Array,
): void {
  const { agents, tasks, loads } = problem;
  const { agentOf, room } = placement;
  const left = new Set<number>();
  const first = new Int32Array(tasks).fill(-1);
  const second = new Int32Array(tasks).fill(-1);
  const consider = (task: number): void => {
    let [best, next] = [-1, -1];
    let [bestWeight, nextWeight] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
    for (let agent = 0; agent < agents; agent += 1) {
      const at = agent * tasks + task;
      if ((loads[at] as number) > (room[agent] as number)) continue;
      const weight = weights[at] as number;
      if (weight < bestWeight) {
        [next, nextWeight] = [best, bestWeight];
        [best, bestWeight] = [agent, weight];
      } else if (weight < nextWeight) [next, nextWeight] = [agent, weight];
    }
    first[task] = best;
    second[task] = next;
  };
  const regretOf = (task: number): number => {
    const [best, next] = [first[task] as number, second[task] as number];
    if (best < 0 || next < 0) return Number.POSITIVE_INFINITY;
    return (weights[next * tasks + task] as number) - (weights[best * tasks + task] as number);
  };
  for (let task = 0; task < tasks; task += 1) {
    if ((agentOf[task] as number) >= 0) continue;
    left.add(task);
    consider(task);
  }
  while (left.size > 0) {
    let urgent = -1;
    let most = Number.NEGATIVE_INFINITY;
    for (const task of left) {
      const regret = regretOf(task);
      if (regret > most) [urgent, most] = [task, regret];
    }
    const chosen = first[urgent] as number;
    const agent = chosen >= 0 ? chosen : leastOverloaded(problem, placement, urgent);
    place(problem, placement, urgent, agent);
    left.delete(urgent);
    for (const task of left) {
      const concerned = first[task] === agent || second[task] === agent;
      if (concerned && (loads[agent * tasks + task] as number) > (room[agent] as number))
        consider(task);
    }
  }
}

function leastOverloaded(
  { agents, tasks, loads }: CapacityProblem,
  { room }: Placement,
  task: number,
): number {
  let [best, most] = [0, Number.NEGATIVE_INFINITY];
  for (let agent = 0; agent < agents; agent += 1) {
    const left = (room[agent] as number) - (loads[agent * tasks + task] as number);
    if (left > most) [best, most] = [agent, left];
  }
  return best;
}
