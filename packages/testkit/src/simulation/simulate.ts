import { ensureError } from "@troupe/actor";
import { between } from "../faults/chance.ts";
import { settled } from "../virtual-clock.ts";
import { scheduleFaults } from "./fault-schedule.ts";
import type { Course, Scenario, Violation } from "./scenario.ts";
import { World } from "./world.ts";

/** More steps than any scenario needs: beyond them it is going round in circles. */
const stepLimit = 100_000;

/** What came of one simulation. */
export interface Simulated {
  readonly scenario: string;
  readonly seed: number;
  /** Stands for everything that happened. The same seed gives the same one, in the same release. */
  readonly hash: string;
  /** How many timers and deliveries there were. */
  readonly steps: number;
  readonly faults: number;
  readonly violations: readonly Violation[];
  /** What happened, line by line, if asked for. */
  readonly trace: readonly string[];
}

/**
 * Runs a scenario once, in virtual time: real actor systems over simulated ports, with faults and
 * actions drawn from the seed. Run one at a time: errors that nobody catches count as violations.
 *
 * @param options `trace`: whether to keep what happened, line by line (default false)
 */
export async function simulate(
  scenario: Scenario,
  seed: number,
  options: { readonly trace?: boolean } = {},
): Promise<Simulated> {
  const world = new World(seed, scenario.faults, options.trace ?? false);
  world.trace.add("begin", scenario.name, seed);
  let steps = 0;
  let faults = 0;
  const uncaught = (error: unknown): void =>
    world.violate("no error goes uncaught", ensureError(error).message);
  process.on("uncaughtException", uncaught);
  process.on("unhandledRejection", uncaught);
  try {
    const course = scenario.begin(world);
    addNodes(world, scenario, course);
    await settled();
    faults = scheduleFaults(world, scenario.faults, scenario.faultyMs);
    for (let action = 0; action < scenario.actions; action += 1) {
      world.clock.schedule(between(world.random, 0, scenario.faultyMs), () => course.act());
    }
    steps += await run(world, course, scenario.faultyMs, () => false);
    world.trace.add("calm");
    world.heal();
    course.calm?.();
    // What the end of the faults has set free happens before time goes on.
    await settled();
    const isOver = (): boolean => course.isOver?.() ?? false;
    steps += await run(world, course, scenario.faultyMs + scenario.calmMs, isOver);
    await course.end();
    faults += course.faults ?? 0;
    await settled();
  } catch (error) {
    uncaught(error);
  } finally {
    process.off("uncaughtException", uncaught);
    process.off("unhandledRejection", uncaught);
    for (const node of world.nodes) node.crash();
    world.disk?.close();
  }
  const { violations, trace } = world;
  const hash = trace.digest();
  return { scenario: scenario.name, seed, hash, steps, faults, violations, trace: trace.lines };
}

function addNodes(world: World, { nodes, faults }: Scenario, course: Course): void {
  const { skewMs = 0, drift = 0 } = faults.clocks ?? {};
  const spread = (): number => world.random.next() * 2 - 1;
  for (const name of nodes) {
    const skew = { skewMs: Math.round(spread() * skewMs), drift: spread() * drift };
    world.addNode(name, skew, (node) => course.boot(node));
  }
  for (const node of world.nodes) node.start();
}

/** Lets time pass up to a moment, or until it is over. Returns in how many steps. */
async function run(
  world: World,
  course: Course,
  until: number,
  isOver: () => boolean,
): Promise<number> {
  let steps = 0;
  while (await world.clock.step(until)) {
    course.afterStep?.();
    steps += 1;
    if (steps > stepLimit) {
      world.violate("the system comes to rest", `${steps} steps, and still going`);
      break;
    }
    if (isOver()) return steps;
  }
  await world.clock.advance(until - world.clock.monotonic());
  return steps;
}
