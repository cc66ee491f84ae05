import { expect, test } from "vitest";
import { improve } from "./improve.ts";
import { emptyPlacement, place } from "./placement.ts";
import type { CapacityProblem } from "./problem.ts";

/** What becomes of a placement, task by task. */
function improved(
  costs: readonly (readonly number[])[],
  loads: readonly (readonly number[])[],
  capacities: readonly number[],
  agentOf: readonly number[],
): readonly number[] {
  const problem: CapacityProblem = {
    agents: costs.length,
    tasks: agentOf.length,
    costs: Float64Array.from(costs.flat()),
    loads: Float64Array.from(loads.flat()),
    capacities: Float64Array.from(capacities),
  };
  const placement = emptyPlacement(problem);
  for (const [task, agent] of agentOf.entries()) place(problem, placement, task, agent);
  improve(problem, placement);
  return [...placement.agentOf];
}
const alike = (agents: number, tasks: number) =>
  Array.from({ length: agents }, () => new Array<number>(tasks).fill(1));

test("a task is shifted to where it is cheaper and there is room", () => {
  expect(improved([[5], [2]], alike(2, 1), [1, 1], [0])).toEqual([1]);
  expect(improved([[5], [2]], alike(2, 1), [1, 0], [0])).toEqual([0]);
});

test("two tasks are swapped where neither agent has room for one more", () => {
  expect(
    improved(
      [
        [9, 1],
        [1, 9],
      ],
      alike(2, 2),
      [1, 1],
      [0, 1],
    ),
  ).toEqual([1, 0]);
});

test("a task is pushed out for another to a third agent", () => {
  // No swap helps: the third agent can bear the second task, and nothing else.
  const costs = [
    [9, 99],
    [1, 5],
    [99, 6],
  ];
  expect(improved(costs, alike(3, 2), [1, 1, 1], [0, 1])).toEqual([1, 2]);
});

test("an overload is undone though it costs", () => {
  expect(
    improved(
      [
        [1, 1],
        [50, 70],
      ],
      alike(2, 2),
      [1, 1],
      [0, 0],
    ),
  ).toEqual([1, 0]);
});
