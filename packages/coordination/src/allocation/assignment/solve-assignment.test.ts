import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { seededRandom } from "@troupe/testkit";
import { expect, test } from "vitest";
import { InvalidCostsError } from "../../errors.ts";
import { costMatrix } from "./cost-matrix.ts";
import { everyAssignment, hungarianCost, randomCosts } from "./reference.test-data.ts";
import { type Assignment, solveAssignment } from "./solve-assignment.ts";

const seeds = Array.from({ length: 300 }, (_, index) => index + 1);
const solve = (costs: number[][]): Assignment => solveAssignment(costMatrix(costs));

/** Nobody twice, and the cost is that of the pairs. */
function expectSound(costs: number[][], { pairs, undone, cost }: Assignment, where: string): void {
  expect(new Set(pairs.map(({ agent }) => agent)).size, where).toBe(pairs.length);
  const tasks = [...pairs.map(({ task }) => task), ...undone].sort((a, b) => a - b);
  expect(tasks, where).toEqual((costs[0] ?? []).map((_, task) => task));
  for (const pair of pairs) expect(pair.cost, where).toBe(costs[pair.agent]?.[pair.task]);
  expect(
    pairs.reduce((sum, pair) => sum + pair.cost, 0),
    where,
  ).toBe(cost);
}

test("small matrices of any shape, with ties, negative costs and gaps, come out as by trying everything", () => {
  for (const seed of seeds) {
    const random = seededRandom(seed);
    const [rows, columns] = [1 + Math.floor(random.next() * 6), 1 + Math.floor(random.next() * 6)];
    const missing = [0, 0, 0.3, 0.7][seed % 4] ?? 0;
    const costs = randomCosts(random, rows, columns, -3, [0, 3, 1000][seed % 3] ?? 0, missing);
    const found = solve(costs);
    const where = `seed ${seed}: ${JSON.stringify(costs)}`;
    expectSound(costs, found, where);
    expect({ pairs: found.pairs.length, cost: found.cost }, where).toEqual(everyAssignment(costs));
    expect(found.dualBound, where).toBe(found.cost);
    expect(found.optimal, where).toBe(true);
  }
});

test("larger matrices cost what the Hungarian method says", () => {
  for (const seed of seeds.slice(0, 60)) {
    const random = seededRandom(seed);
    const rows = 10 + Math.floor(random.next() * 50);
    const columns = rows + ([0, 0, 7][seed % 3] ?? 0);
    const most = [2, 100, 1e6, 1e9][seed % 4] ?? 0;
    const costs = randomCosts(random, rows, columns, -Math.floor(most / 3), most);
    const found = solve(costs);
    expectSound(costs, found, `seed ${seed}`);
    expect(found.cost, `seed ${seed}`).toBe(hungarianCost(costs));
    expect(found.optimal, `seed ${seed}`).toBe(true);
  }
});

test("one agent and one task, and costs that are all alike", () => {
  expect(solve([[-7]])).toMatchObject({ cost: -7, dualBound: -7, optimal: true });
  expect(solve([[Number.POSITIVE_INFINITY]])).toMatchObject({
    pairs: [],
    undone: [0],
    cost: 0,
    dualBound: 0,
    optimal: true,
  });
  const alike = Array.from({ length: 60 }, () => new Array<number>(60).fill(5));
  expect(solve(alike)).toMatchObject({ cost: 300, optimal: true });
});

test("with gaps as many tasks as possible are done, and which are left is said", () => {
  const none = Number.POSITIVE_INFINITY;
  // Two agents that can do only the first task.
  const found = solve([
    [4, none, none],
    [3, none, none],
    [9, 1, 2],
  ]);
  expect(found.pairs).toEqual([
    { agent: 1, task: 0, cost: 3 },
    { agent: 2, task: 1, cost: 1 },
  ]);
  expect(found).toMatchObject({ undone: [2], cost: 4, dualBound: 4, optimal: true });
});

test("the widest range is exact, and a wider one is refused", () => {
  const random = seededRandom(5);
  // (most - least) * (n + 1) = 2^46 for n = 7.
  const widest = 2 ** 43;
  for (let round = 0; round < 20; round += 1) {
    const costs = randomCosts(random, 7, 7, 0, widest);
    costs[0]?.splice(0, 2, 0, widest);
    expect(solve(costs)).toMatchObject({ cost: hungarianCost(costs), optimal: true });
  }
  const wide = [0, 1].map(() => [0, 2 ** 46]);
  expect(() => solve(wide)).toThrow(InvalidCostsError);
  expect(() => solve(wide)).toThrow("exceed the widest range that is exact for 2 agents and tasks");
  // The range is narrow, but their sum is no safe integer.
  expect(() => solve([0, 1].map(() => [2 ** 53 - 2, 2 ** 53 - 1]))).toThrow(InvalidCostsError);
  const far = [0, 1].map(() => [2 ** 52 - 2, 2 ** 52 - 3]);
  expect(solve(far)).toMatchObject({ cost: 2 ** 53 - 5, optimal: true });
});

test("costs that are none are refused with their place", () => {
  expect(() => costMatrix([[1, 2], [3]])).toThrow("row 1: it has 1 costs, row 0 2");
  expect(() => costMatrix([[1, 2.5]])).toThrow("row 0, column 1: 2.5 is neither");
  expect(() => costMatrix([[Number.NaN]])).toThrow(InvalidCostsError);
  expect(() => costMatrix([[Number.NEGATIVE_INFINITY]])).toThrow(InvalidCostsError);
  expect(() => costMatrix([])).toThrow("it is 0 by 0");
  const cells = new Float64Array(3);
  expect(() => solveAssignment({ rows: 2, columns: 2, cells })).toThrow(
    "it has 3 cells for 2 by 2",
  );
});

const folder = resolve(
  process.env["TROUPE_ASSIGNMENT"] ??
    join(import.meta.dirname, "../../../../../../shared/data/assignment"),
);
const known = new Map(
  Object.entries({
    "assign100.txt": 305,
    "assign200.txt": 475,
    "assign300.txt": 626,
    "assign400.txt": 804,
    "assign500.txt": 991,
    "assign600.txt": 1176,
    "assign700.txt": 1362,
    "assign800.txt": 1552,
  }),
);
const files = existsSync(folder) ? readdirSync(folder).filter((file) => known.has(file)) : [];
if (files.length === 0) console.warn("NOT TESTED: there are no OR-Library assignment files");

test.skipIf(files.length === 0)("the optima of the OR-Library are found and proved", () => {
  for (const file of files) {
    const [n = 0, ...cells] = readFileSync(join(folder, file), "utf8")
      .trim()
      .split(/\s+/)
      .map(Number);
    const found = solveAssignment({ rows: n, columns: n, cells: new Float64Array(cells) });
    const cost = known.get(file);
    expect(found, file).toMatchObject({ cost, dualBound: cost, optimal: true, undone: [] });
  }
});
