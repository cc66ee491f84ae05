/**
 * Measures the auction of many tasks to many agents: the state machines in one call, and actors in one process,
 * beside the same algorithm on plain arrays in the same run.
 *
 *     node --conditions=troupe:source test/bench/allocation.ts [largest side]
 *
 * "one by one" is what auctioning one task after the other costs, by the optimum.
 * `TROUPE_ASSIGNMENT` names a folder with assignment files of the OR-Library; matrices of random costs are measured too.
 */
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import {
  createActorSystem,
  defineActor,
  defineProtocol,
  systemClock,
  systemRandom,
} from "@troupe/actor";
import {
  type AllocationOutcome,
  allocate,
  allocationBidder,
  type CostMatrix,
  solveAssignment,
} from "@troupe/coordination";
import { InMemoryNetwork, seededRandom } from "@troupe/testkit";
import { plainAuction } from "./allocation/plain-auction.ts";

/** Measured times of each way, and unmeasured ones before. */
const times = 7;
const warm = 3;
const folder = resolve(
  process.env["TROUPE_ASSIGNMENT"] ?? join(import.meta.dirname, "../../../shared/data/assignment"),
);
const largest = Number(process.argv[2] ?? 800);

interface Case {
  readonly name: string;
  readonly costs: CostMatrix;
}

function files(): readonly Case[] {
  if (!existsSync(folder)) return [];
  return readdirSync(folder)
    .filter((file) => /^assign\d+\.txt$/.test(file))
    .map((file) => {
      const [n = 0, ...cells] = readFileSync(join(folder, file), "utf8")
        .trim()
        .split(/\s+/)
        .map(Number);
      return { name: file, costs: { rows: n, columns: n, cells: Float64Array.from(cells) } };
    });
}

function random(n: number, most: number): Case {
  const chance = seededRandom(n);
  const cells = Float64Array.from({ length: n * n }, () => Math.floor(chance.next() * most));
  return { name: `random ${n}, below ${most}`, costs: { rows: n, columns: n, cells } };
}

/** What it costs to auction one task after the other, each to who asks least of those that are left. */
function oneByOne({ rows, columns, cells }: CostMatrix): number {
  const left = new Set(Array.from({ length: rows }, (_, agent) => agent));
  let sum = 0;
  for (let task = 0; task < columns; task += 1) {
    const costOf = (agent: number): number => cells[agent * columns + task] ?? 0;
    const [first = 0, ...others] = left;
    const best = others.reduce((one, other) => (costOf(other) < costOf(one) ? other : one), first);
    left.delete(best);
    sum += costOf(best);
  }
  return sum;
}

/** One allocation between actors of one system; each bidder stands for an equal share. */
async function byActors(
  { rows, columns, cells }: CostMatrix,
  bidders: number,
): Promise<AllocationOutcome> {
  const network = new InMemoryNetwork({ clock: systemClock, random: systemRandom });
  const system = createActorSystem({
    node: "bench",
    ports: { transport: network.connect("bench") },
  });
  const { promise, resolve: settle, reject } = Promise.withResolvers<AllocationOutcome>();
  const upTo = (bidder: number): number => Math.floor((bidder * rows) / bidders);
  const caller = defineActor(defineProtocol("bench-caller", {}), (context) => {
    const refs = Array.from({ length: bidders }, (_, bidder) => {
      const [begin, end] = [upTo(bidder), upTo(bidder + 1)];
      const share = cells.slice(begin * columns, end * columns);
      const costs = { rows: end - begin, columns, cells: share };
      const ref = context.spawn(allocationBidder({ costs: () => costs }));
      return { ref, member: ref.address };
    });
    const tasks = Array.from({ length: columns }, (_, task) => task);
    allocate(context, { id: "bench", tasks, deadlineMs: 600_000 }, refs).then(settle, reject);
    return {};
  });
  system.spawn(caller);
  const outcome = await promise;
  await system.stop();
  return outcome;
}

/** Median milliseconds of several ways to do the same, taken in turns so that a busy machine is busy for all. */
async function medians(ways: readonly (() => unknown)[]): Promise<readonly number[]> {
  const taken = ways.map((): number[] => []);
  for (let time = -warm; time < times; time += 1) {
    for (const [way, act] of ways.entries()) {
      const began = process.hrtime.bigint();
      await act();
      const ms = Number(process.hrtime.bigint() - began) / 1e6;
      if (time >= 0) taken[way]?.push(ms);
    }
  }
  return taken.map((all) => all.toSorted((one, other) => one - other)[times >> 1] ?? Number.NaN);
}

function columns(cells: readonly string[]): string {
  return cells.map((cell, at) => (at === 0 ? cell.padEnd(26) : cell.padStart(11))).join("");
}

const cases = [...files(), random(200, 1000), random(700, 1e6)].filter(
  ({ costs }) => costs.rows <= largest,
);
console.log(
  `medians of ${times}, milliseconds; ratios to the plain arrays; Node ${process.version}`,
);
console.log(
  columns([
    "matrix",
    "cost",
    "bound",
    "one by one",
    "plain",
    "one call",
    "ratio",
    "1 actor",
    "ratio",
    "4 actors",
    "ratio",
  ]),
);
let isWrong = false;
for (const { name, costs } of cases) {
  const n = costs.rows;
  const found = solveAssignment(costs);
  const expected = plainAuction(n, costs.cells);
  const [plain = 0, call = 0, one = 0, four = 0] = await medians([
    () => plainAuction(n, costs.cells),
    () => solveAssignment(costs),
    () => byActors(costs, 1),
    () => byActors(costs, 4),
  ]);
  const ratio = (ms: number): string => (ms / plain).toFixed(2);
  console.log(
    columns([
      name,
      String(found.cost),
      String(found.dualBound),
      (oneByOne(costs) / found.cost).toFixed(2),
      plain.toFixed(1),
      ...[call, one, four].flatMap((ms) => [ms.toFixed(1), ratio(ms)]),
    ]),
  );
  if (found.cost !== expected || !found.optimal) isWrong = true;
}
if (isWrong) {
  console.error("WRONG: a cost is not that of the plain arrays, or is not proved");
  process.exitCode = 1;
}
