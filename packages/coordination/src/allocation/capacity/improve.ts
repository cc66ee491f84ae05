import { type Placement, place } from "./placement.ts";
import type { CapacityProblem } from "./problem.ts";

/** Most passes over all moves. Each but the last finds something better, so that few are needed. */
const mostPasses = 200;

/**
 * Shifts single tasks, swaps pairs of them, and then pushes a task out of its place for another, as long as that makes
 * it better: less overload first, at equal overload less cost.
 */
export function improve(problem: CapacityProblem, placement: Placement): void {
  for (let pass = 0; pass < mostPasses; pass += 1) {
    const shifted = shiftAll(problem, placement);
    const swapped = swapAll(problem, placement);
    if (shifted || swapped) continue;
    if (!ejectAll(problem, placement)) return;
  }
}

/** By how much more an agent is overloaded after its room has changed. */
function moreOverload(room: number, change: number): number {
  return Math.max(0, -(room + change)) - Math.max(0, -room);
}

function shiftAll(problem: CapacityProblem, placement: Placement): boolean {
  const { agents, tasks, costs, loads } = problem;
  const { agentOf, room } = placement;
  let isBetter = false;
  for (let task = 0; task < tasks; task += 1) {
    const from = agentOf[task] as number;
    const relief = moreOverload(room[from] as number, loads[from * tasks + task] as number);
    let [best, overload, cost] = [from, 0, 0];
    for (let agent = 0; agent < agents; agent += 1) {
      if (agent === from) continue;
      const at = agent * tasks + task;
      const more = relief + moreOverload(room[agent] as number, -(loads[at] as number));
      if (more > overload) continue;
      const dearer = (costs[at] as number) - (costs[from * tasks + task] as number);
      if (more < overload || dearer < cost) [best, overload, cost] = [agent, more, dearer];
    }
    if (best === from) continue;
    place(problem, placement, task, best);
    isBetter = true;
  }
  return isBetter;
}

function swapAll(problem: CapacityProblem, placement: Placement): boolean {
  const { tasks, costs, loads } = problem;
  const { agentOf, room } = placement;
  let isBetter = false;
  for (let one = 0; one < tasks; one += 1) {
    for (let other = one + 1; other < tasks; other += 1) {
      const [mine, its] = [agentOf[one] as number, agentOf[other] as number];
      if (mine === its) continue;
      const [mineAt, itsAt] = [mine * tasks, its * tasks];
      const dearer =
        (costs[mineAt + other] as number) +
        (costs[itsAt + one] as number) -
        (costs[mineAt + one] as number) -
        (costs[itsAt + other] as number);
      const [myRoom, itsRoom] = [room[mine] as number, room[its] as number];
      if (dearer >= 0 && myRoom >= 0 && itsRoom >= 0) continue;
      const more =
        moreOverload(myRoom, (loads[mineAt + one] as number) - (loads[mineAt + other] as number)) +
        moreOverload(itsRoom, (loads[itsAt + other] as number) - (loads[itsAt + one] as number));
      if (more > 0 || (more === 0 && dearer >= 0)) continue;
      place(problem, placement, one, its);
      place(problem, placement, other, mine);
      isBetter = true;
    }
  }
  return isBetter;
}

/** Gives a task to an agent that has no room for it, which passes another of its tasks on to a third. */
function ejectAll(problem: CapacityProblem, placement: Placement): boolean {
  const { tasks, costs, loads } = problem;
  const { agentOf, room } = placement;
  let isBetter = false;
  for (let task = 0; task < tasks; task += 1) {
    for (let other = 0; other < tasks; other += 1) {
      const [from, through] = [agentOf[task] as number, agentOf[other] as number];
      if (from === through || (room[through] as number) < 0) continue;
      const throughAt = through * tasks;
      const left =
        (room[through] as number) +
        (loads[throughAt + other] as number) -
        (loads[throughAt + task] as number);
      if (left < 0) continue;
      const saved = (costs[from * tasks + task] as number) - (costs[throughAt + task] as number);
      const to = cheapestBelow(
        problem,
        placement,
        other,
        saved + (costs[throughAt + other] as number),
        from,
      );
      if (to < 0) continue;
      place(problem, placement, other, to);
      place(problem, placement, task, through);
      isBetter = true;
    }
  }
  return isBetter;
}

/** The cheapest agent with room for a task that costs less than `limit` there; -1: there is none. */
function cheapestBelow(
  { agents, tasks, costs, loads }: CapacityProblem,
  { agentOf, room }: Placement,
  task: number,
  limit: number,
  but: number,
): number {
  let [best, least] = [-1, limit];
  for (let agent = 0; agent < agents; agent += 1) {
    const at = agent * tasks + task;
    if (agent === but || agent === agentOf[task] || (costs[at] as number) >= least) continue;
    if ((loads[at] as number) <= (room[agent] as number))
      [best, least] = [agent, costs[at] as number];
  }
  return best;
}
