import type { Domain, Measure } from "../domain/domain.ts";
import type { PlanOrder } from "../plan/problem.ts";
import type { CompiledAction, CompiledProblem } from "./compiled-problem.ts";
import type { State } from "./fact-table.ts";

/** What a step or a method adds to the value of a plan; smaller is better. */
export function weight(
  order: PlanOrder,
  measured: { cost: number; probability: number; duration: number },
): number {
  switch (order) {
    case "first":
      return 0;
    case "cost":
      return measured.cost;
    case "confidence":
      return measured.probability <= 0 ? Number.POSITIVE_INFINITY : -Math.log(measured.probability);
    case "duration":
      return measured.duration;
  }
}

/** {@link weight} of an action with its arguments in these facts. */
export function stepWeight(
  order: PlanOrder,
  problem: CompiledProblem,
  { action }: CompiledAction,
  args: readonly number[],
  state: State,
): number {
  if (order === "first") return 0;
  return weight(order, {
    cost: order === "cost" ? problem.measure(action.cost, args, state) : 0,
    probability:
      order === "confidence" ? problem.measure(action.successProbability, args, state) : 1,
    duration: order === "duration" ? problem.measure(action.duration, args, state) : 0,
  });
}

/**
 * For each action and task the least weight that accomplishing it can have, whatever the facts.
 *
 * Sums over subtasks and takes the best method; durations are not summed since steps may run side by side.
 */
export function leastWeights(domain: Domain, order: PlanOrder): ReadonlyMap<string, number> {
  const least = new Map<string, number>();
  if (order === "first" || order === "duration") return least;
  for (const action of domain.actions.values()) {
    const cost = fixed(action.cost, 0);
    const probability = fixed(action.successProbability, 1);
    least.set(action.name, weight(order, { cost, probability, duration: 0 }));
  }
  for (const task of domain.tasks.keys()) least.set(task, Number.POSITIVE_INFINITY);
  for (let changed = true; changed; ) {
    changed = false;
    for (const method of domain.methods) {
      const own = { cost: 0, probability: method.successProbability, duration: 0 };
      let sum = weight(order, own);
      for (const [subtask] of method.subtasks) sum += least.get(subtask) ?? 0;
      const [task] = method.task;
      if (sum < (least.get(task) ?? Number.POSITIVE_INFINITY)) {
        least.set(task, sum);
        changed = true;
      }
    }
  }
  return least;
}

function fixed(measure: Measure, otherwise: number): number {
  return typeof measure === "number" ? measure : otherwise;
}
