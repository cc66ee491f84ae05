import type { Domain } from "../domain/domain.ts";
import { sequenceOf } from "../domain/ordering.ts";
import { ProblemError } from "../errors.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { reachableNames } from "./pull-up.ts";

/** Whether only one task is ever next: all methods that can be used, and the tasks themselves, are in one row. */
export function isSequential(
  domain: Domain,
  problem: Pick<PlanningProblem, "tasks" | "ordering">,
): boolean {
  const order = orderOf(problem);
  if (order !== undefined) {
    const sequence = sequenceOf(problem.tasks.length, order);
    if ("cycle" in sequence || !sequence.unique) return false;
  }
  const names = reachableNames(
    domain,
    problem.tasks.map(([name]) => name),
  );
  return domain.methods.every(({ task: [task], sequential }) => sequential || !names.has(task));
}

/** Pairs of task indices, or `undefined` for the order in which the tasks are given. */
export function orderOf(
  problem: Pick<PlanningProblem, "tasks" | "ordering">,
): readonly (readonly [number, number])[] | undefined {
  const ordering = problem.ordering ?? "sequence";
  if (ordering === "sequence") return undefined;
  if (ordering === "any") return [];
  const sequence = sequenceOf(problem.tasks.length, ordering);
  if ("cycle" in sequence) {
    const circle = sequence.cycle.map((i) => problem.tasks[i]?.[0] ?? String(i)).join(" -> ");
    throw new ProblemError("ordering", `tasks wait for each other in a circle: ${circle}`);
  }
  return ordering;
}
