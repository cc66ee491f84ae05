import type { InMemoryWorkQueue, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { crew, type NodeOptions, Simulation } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

let clock: VirtualClock;
let queue: InMemoryWorkQueue;
let simulation: Simulation;

beforeEach(() => {
  const world = quietWorld({ delayMs: 1 });
  ({ clock, queue } = world);
  simulation = new Simulation(world);
  crew(simulation);
});

function coordinator(name: string, goalEnded: NonNullable<NodeOptions["goalEnded"]>) {
  return simulation.node(name, { coordinates: true, goalEnded });
}

test.each([
  { outcome: "succeeded", make: () => {} },
  {
    outcome: "failed",
    make: () =>
      simulation.scripts.set("fetch", async () => {
        throw new Error("lost");
      }),
  },
  { outcome: "cancelled", make: () => simulation.publish({ command: "cancel", goal: "g" }) },
])(
  "a goal that $outcome is cleaned up after once, when its result is there",
  async ({ outcome, make }) => {
    const seen: unknown[] = [];
    coordinator("n1", async (goal) => void seen.push([goal, await simulation.result(goal)]));
    await clock.advance(2000);
    simulation.workMs = 2000;
    simulation.publish({ id: "g", kind: "letters" });
    await clock.advance(500);
    make();
    await clock.advance(60_000);
    expect(seen).toEqual([["g", expect.objectContaining({ goal: "g", outcome })]]);
    expect(queue.unacknowledged).toBe(0);
  },
);

test("a goal that cannot be cleaned up after has ended all the same, and it is logged", async () => {
  coordinator("n1", () => Promise.reject(new Error("the disk is away")));
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(30_000);
  expect(await simulation.result("g")).toMatchObject({ outcome: "succeeded" });
  expect(queue.unacknowledged).toBe(0);
  expect(simulation.warnings).toEqual(["n1: could not clean up after a goal"]);
});

test("when a node dies while it cleans up, another does it again, and nothing else", async () => {
  const seen: string[] = [];
  const clean = (name: string) => (goal: string) => {
    seen.push(`${name} ${goal}`);
    return name === "n1" ? new Promise<void>(() => {}) : Promise.resolve();
  };
  const first = coordinator("n1", clean("n1"));
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(20_000);
  expect(seen).toEqual(["n1 g"]);
  const records = await simulation.records("g");
  coordinator("n2", clean("n2"));
  first.kill();
  await clock.advance(40_000);
  expect(seen).toEqual(["n1 g", "n2 g"]);
  expect(await simulation.records("g")).toEqual(records);
  expect(queue.unacknowledged).toBe(0);
});
