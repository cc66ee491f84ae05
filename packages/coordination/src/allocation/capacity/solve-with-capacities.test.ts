import { seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import { InvalidCostsError } from "../../errors.ts";
import { fillSack } from "./knapsack.ts";
import { respond } from "./prices.ts";
import type { CapacityProblem } from "./problem.ts";
import { solveWithCapacities } from "./solve-with-capacities.ts";

function problemOf(
  costs: readonly (readonly number[])[],
  loads: readonly (readonly number[])[],
  capacities: readonly number[],
): CapacityProblem {
  return {
    agents: costs.length,
    tasks: costs[0]?.length ?? 0,
    costs: Float64Array.from(costs.flat()),
    loads: Float64Array.from(loads.flat()),
    capacities: Float64Array.from(capacities),
  };
}

/** Agents, tasks and how tight capacities are, all from the seed. */
function randomProblem(seed: number, most: number, tightness: number): CapacityProblem {
  const random = seededRandom(seed);
  const upTo = (limit: number): number => Math.floor(random.next() * (limit + 1));
  const [agents, tasks] = [1 + upTo(3), 1 + upTo(most)];
  const table = (least: number, limit: number): number[][] =>
    Array.from({ length: agents }, () => Array.from({ length: tasks }, () => least + upTo(limit)));
  const loads = table(seed % 5 === 0 ? 0 : 1, 9);
  const capacities = loads.map(
    (row) => Math.floor((tightness * row.reduce((sum, load) => sum + load, 0)) / agents) + upTo(2),
  );
  return problemOf(table(-5, 40), loads, capacities);
}

/** Least cost of all placements, by trying them; `undefined` when none fits. */
function everyPlacement({
  agents,
  tasks,
  costs,
  loads,
  capacities,
}: CapacityProblem): number | undefined {
  let best: number | undefined;
  const room = [...capacities];
  const go = (task: number, cost: number): void => {
    if (task === tasks) {
      best = Math.min(best ?? cost, cost);
      return;
    }
    for (let agent = 0; agent < agents; agent += 1) {
      const at = agent * tasks + task;
      const load = loads[at] ?? 0;
      if (load > (room[agent] ?? 0)) continue;
      room[agent] = (room[agent] ?? 0) - load;
      go(task + 1, cost + (costs[at] ?? 0));
      room[agent] = (room[agent] ?? 0) + load;
    }
  };
  go(0, 0);
  return best;
}

test("the bound never exceeds the optimum, what is feasible is so, and what is proved infeasible is", () => {
  const count = { optimal: 0, feasible: 0, missed: 0, proved: 0, infeasible: 0 };
  for (let seed = 1; seed <= 300; seed += 1) {
    const problem = randomProblem(seed, 6, [0.6, 0.9, 1.2][seed % 3] ?? 1);
    const optimum = everyPlacement(problem);
    const found = solveWithCapacities(problem);
    const where = `seed ${seed}`;
    if (optimum === undefined) {
      count.infeasible += 1;
      expect(found.feasible, where).toBe(false);
      if (!found.feasible && found.proved) count.proved += 1;
      continue;
    }
    expect(found.bound, where).toBeLessThanOrEqual(optimum);
    if (!found.feasible) {
      count.missed += 1;
      expect(found.proved, where).toBe(false);
      continue;
    }
    count.feasible += 1;
    const { agents, tasks, costs, loads, capacities } = problem;
    expect(found.agentOf, where).toHaveLength(tasks);
    for (let agent = 0; agent < agents; agent += 1) {
      const load = found.agentOf.reduce(
        (sum, by, task) => sum + (by === agent ? (loads[agent * tasks + task] ?? 0) : 0),
        0,
      );
      expect(load, where).toBeLessThanOrEqual(capacities[agent] ?? 0);
    }
    const cost = found.agentOf.reduce((sum, by, task) => sum + (costs[by * tasks + task] ?? 0), 0);
    expect(found.cost, where).toBe(cost);
    expect(found.cost, where).toBeGreaterThanOrEqual(optimum);
    expect(found.optimal, where).toBe(found.cost === found.bound);
    if (found.cost === optimum) count.optimal += 1;
  }
  expect(count.feasible).toBeGreaterThan(120);
  expect(count.optimal).toBeGreaterThan(count.feasible * 0.95);
  expect(count.missed).toBeLessThan(count.feasible * 0.05);
  expect(count.infeasible).toBeGreaterThan(30);
  expect(count.proved).toBeGreaterThan(count.infeasible * 0.6);
});

test("the bound holds for any prices, also nonsensical ones", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const problem = randomProblem(seed, 5, 1.2);
    const optimum = everyPlacement(problem);
    if (optimum === undefined) continue;
    const random = seededRandom(seed);
    const prices = Float64Array.from({ length: problem.tasks }, () =>
      Math.round((random.next() - 0.2) * 100_000),
    );
    expect(respond(problem, prices).bound, `seed ${seed}`).toBeLessThanOrEqual(optimum * 1024);
  }
});

test("a middling problem is placed within one and a half percent of the bound", () => {
  const random = seededRandom(9);
  const upTo = (least: number, most: number): number =>
    least + Math.floor(random.next() * (most - least + 1));
  const table = (least: number, most: number): number[][] =>
    Array.from({ length: 10 }, () => Array.from({ length: 60 }, () => upTo(least, most)));
  const loads = table(5, 25);
  const capacities = loads.map((row) =>
    Math.floor((0.8 * row.reduce((sum, load) => sum + load, 0)) / 10),
  );
  const found = solveWithCapacities(problemOf(table(10, 50), loads, capacities));
  expect(found.feasible && found.cost / found.bound).toBeLessThan(1.015);
  expect(found.bound).toBeGreaterThan(600);
});

test("a sack is filled as by trying everything, and its bound holds when the search is cut short", () => {
  for (let seed = 1; seed <= 200; seed += 1) {
    const random = seededRandom(seed);
    const items = Array.from({ length: 8 }, (_, task) => ({
      task,
      value: 1 + Math.floor(random.next() * 30),
      load: Math.floor(random.next() * 12),
    }));
    let best = 0;
    for (let set = 0; set < 256; set += 1) {
      const chosen = items.filter(({ task }) => (set >> task) & 1);
      const load = chosen.reduce((sum, item) => sum + item.load, 0);
      if (load <= 20)
        best = Math.max(
          best,
          chosen.reduce((sum, item) => sum + item.value, 0),
        );
    }
    expect(fillSack(items, 20), `seed ${seed}`).toMatchObject({ value: best, bound: best });
  }
  // Values and loads alike: nothing can be cut off, and no filling is full.
  const alike = Array.from({ length: 60 }, (_, task) => ({ task, value: 2000, load: 2000 }));
  const cut = fillSack(alike, 2000 * 30 + 1);
  expect(cut.bound).toBeGreaterThan(60_000);
  expect(cut.value).toBe(60_000);
  expect(cut.bound).toBeLessThan(60_100);
});

test("a unit of capacity is worth what the first item would bring that does not fit, and nothing when all fit", () => {
  const items = [
    { task: 0, value: 30, load: 10 },
    { task: 1, value: 10, load: 10 },
    { task: 2, value: 40, load: 10 },
  ];
  expect(fillSack(items, 25).rate).toBe(1);
  expect(fillSack(items, 15).rate).toBe(3);
  expect(fillSack(items, 30).rate).toBe(0);
});

test("a task that fits nobody is infeasible without a search", () => {
  const problem = problemOf([[1, 2]], [[3, 9]], [5]);
  expect(solveWithCapacities(problem)).toEqual({
    feasible: false,
    proved: true,
    bound: 3,
    rounds: 0,
  });
});

test("malformed problems are refused with their place", () => {
  const ask = (problem: CapacityProblem) => () => solveWithCapacities(problem);
  expect(ask(problemOf([[1.5]], [[1]], [1]))).toThrow("agent 0, task 0: cost 1.5 is no integer");
  expect(ask(problemOf([[1]], [[-1]], [1]))).toThrow("load -1 is no integer from 0");
  expect(ask(problemOf([[1]], [[1]], [-1]))).toThrow("agent 0: capacity -1");
  expect(ask(problemOf([[1]], [[1, 2]], [1]))).toThrow("loads: there are 2, and must be 1");
  expect(ask(problemOf([], [], []))).toThrow(InvalidCostsError);
  expect(ask(problemOf([[2 ** 45]], [[1]], [1]))).toThrow(InvalidCostsError);
});
