import { type ActorSystem, createActorSystem } from "@troupe/actor";
import type { CapacityProblem } from "@troupe/coordination";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { SolversLostError } from "../errors.ts";
import { membership } from "../temporary-cluster/membership.ts";
import { dealProblems } from "./deal-problems.ts";
import { hostSolvers, type Solved } from "./solver.ts";

/** One agent that does one task at this cost. */
const trivial = (cost: number): CapacityProblem => ({
  agents: 1,
  tasks: 1,
  costs: Float64Array.of(cost),
  loads: Float64Array.of(1),
  capacities: Float64Array.of(1),
});

/** A home, and nodes with a solver each. */
async function cluster(problems: readonly CapacityProblem[], solvers: number) {
  const clock = new VirtualClock();
  const random = seededRandom(1);
  const network = new InMemoryNetwork({ clock, random, delayMs: 5 });
  const node = (name: string): ActorSystem =>
    createActorSystem({
      node: name,
      ports: { transport: network.connect(name), clock, random },
      membership,
    });
  const home = node("home");
  const addresses = Array.from({ length: solvers }, (_, index) => {
    const name = `n${index}`;
    hostSolvers(node(name), problems, { first: index, end: index + 1 });
    return `${name}/solver-${index}`;
  });
  await clock.advance(2000);
  return { clock, network, home, addresses };
}

async function ended<T>(clock: VirtualClock, promise: Promise<T>): Promise<T> {
  let isOver = false;
  void promise
    .catch(() => {})
    .finally(() => {
      isOver = true;
    });
  for (let step = 0; !isOver && step < 1000; step += 1) await clock.advance(100);
  return promise;
}
/** The problem is on its way, and what comes of it is lost. */
const inTheMiddle = 3;
const costsOf = (solved: readonly Solved[]) => solved.map(({ cost }) => cost);

test("each problem is solved once, and what came of it is in the order of the file", async () => {
  const { clock, home, addresses } = await cluster([7, 5, 9, 2, 4].map(trivial), 3);
  const solved = await ended(clock, dealProblems(home, addresses, 5));
  expect(costsOf(solved)).toEqual([7, 5, 9, 2, 4]);
  expect(solved[0]).toMatchObject({ feasible: true, bound: 7, agentOf: [0] });
});

test("what a solver had whose node is lost is solved by another", async () => {
  const { clock, network, home, addresses } = await cluster([1, 2, 3, 4].map(trivial), 2);
  const dealing = dealProblems(home, addresses, 4);
  await clock.advance(inTheMiddle);
  network.isolate("n0");
  expect(costsOf(await ended(clock, dealing))).toEqual([1, 2, 3, 4]);
});

test("when the last solver is gone it says so and why", async () => {
  const { clock, network, home, addresses } = await cluster([trivial(1)], 1);
  const dealing = dealProblems(home, addresses, 1);
  await clock.advance(inTheMiddle);
  network.isolate("n0");
  const failed = ended(clock, dealing);
  await expect(failed).rejects.toThrow(SolversLostError);
  await expect(failed).rejects.toThrow("it is gone (node-lost)");
});
