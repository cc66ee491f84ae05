import { InvalidCostsError } from "../../errors.ts";

/**
 * The generalized assignment problem: every task goes to exactly one agent, an agent takes as many as its capacity
 * bears, at the least total cost.
 */
export interface CapacityProblem {
  /** How many there are. */
  readonly agents: number;
  /** How many there are. */
  readonly tasks: number;
  /** Agent by agent: what it asks for each task; integers of any sign. */
  readonly costs: Float64Array;
  /** Agent by agent: what each task takes of its capacity; integers from 0 on. */
  readonly loads: Float64Array;
  /** By agent; integers from 0 on. */
  readonly capacities: Float64Array;
}

/** Most agents times tasks. */
const mostCells = 10_000_000;
/** Fixed-point arithmetic in parts of a unit stays exact up to here. */
const highestCost = 2 ** 30;

/** @throws InvalidCostsError naming what is wrong and where */
export function checkProblem(problem: CapacityProblem): void {
  const { agents, tasks, costs, loads, capacities } = problem;
  const cells = agents * tasks;
  if (agents < 1 || tasks < 1 || cells > mostCells) {
    const why = `it has ${agents} agents and ${tasks} tasks, and needs one of each and at most ${mostCells} pairs`;
    throw new InvalidCostsError("the problem", why);
  }
  const place = (at: number): string => `agent ${Math.floor(at / tasks)}, task ${at % tasks}`;
  const shapes = [
    ["costs", costs.length, cells],
    ["loads", loads.length, cells],
    ["capacities", capacities.length, agents],
  ] as const;
  for (const [name, found, wanted] of shapes) {
    if (found !== wanted)
      throw new InvalidCostsError(name, `there are ${found}, and must be ${wanted}`);
  }
  for (const [at, cost] of costs.entries()) {
    if (!Number.isSafeInteger(cost) || Math.abs(cost) * tasks > highestCost * 1000) {
      const most = Math.floor((highestCost * 1000) / tasks);
      throw new InvalidCostsError(place(at), `cost ${cost} is no integer from -${most} to ${most}`);
    }
  }
  for (const [at, load] of loads.entries()) {
    if (!isAmount(load))
      throw new InvalidCostsError(place(at), `load ${load} is no integer from 0 to 2^40`);
  }
  for (const [agent, capacity] of capacities.entries()) {
    if (!isAmount(capacity)) {
      throw new InvalidCostsError(
        `agent ${agent}`,
        `capacity ${capacity} is no integer from 0 to 2^40`,
      );
    }
  }
}

function isAmount(value: number): boolean {
  return Number.isSafeInteger(value) && value >= 0 && value <= 2 ** 40;
}
