import { RecordingMeter, type VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { crew, Simulation } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

let clock: VirtualClock;
let simulation: Simulation;
let meter: RecordingMeter;

beforeEach(async () => {
  const world = quietWorld();
  ({ clock } = world);
  meter = new RecordingMeter();
  simulation = new Simulation(world);
});

/** Runs a goal to its end, and returns how many of its tasks were done. */
async function run(says: string[] = ["big", "big", "big"]): Promise<number> {
  crew(simulation, says);
  simulation.node("n1", { coordinates: true, meter });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(120_000);
  const records = await simulation.records("g");
  return records.filter(({ type }) => type === "task-done").length;
}

test("a goal is measured from its acceptance to its end, with its tasks and auctions", async () => {
  const done = await run();
  const about = { kind: "letters", outcome: "succeeded" };
  expect(meter.sum("troupe.goals.accepted", { kind: "letters" })).toBe(1);
  expect(meter.sum("troupe.goals.ended", about)).toBe(1);
  const [duration] = meter.of("troupe.goal.duration");
  expect(duration).toMatchObject({ attributes: about });
  expect(duration?.value).toBe(0.9);
  expect(meter.sum("troupe.tasks.ended", { outcome: "done" })).toBe(done);
  expect(meter.of("troupe.task.duration")).toHaveLength(done);
  expect(meter.sum("troupe.auctions", { outcome: "won" })).toBe(done);
  expect(meter.of("troupe.auction.duration")).toHaveLength(done);
  expect(meter.sum("troupe.auctions.reawarded")).toBe(0);
  expect(meter.of("troupe.goals")).toEqual([]);
});

test("goals under way are told by state", async () => {
  simulation.workMs = 1_000_000;
  await run();
  expect(meter.of("troupe.goals")).toEqual([
    { instrument: "troupe.goals", value: 1, attributes: { state: "analysing" } },
  ]);
});

test("what fails is measured by what follows, and work given out again as such", async () => {
  let tries = 0;
  simulation.scripts.set("fetch", async () => {
    tries += 1;
    if (tries === 1)
      throw Object.assign(new Error("gone"), { code: "ECONNRESET", retryable: true });
    return {};
  });
  await run();
  expect(meter.sum("troupe.tasks.ended", { type: "fetch", outcome: "retry" })).toBe(1);
  expect(meter.sum("troupe.tasks.ended", { type: "fetch", outcome: "done" })).toBe(1);
  expect(meter.sum("troupe.auctions.reawarded", { type: "fetch" })).toBe(1);
});

test("a goal that fails is measured as failed", async () => {
  simulation.scripts.set("fetch", async () => {
    throw Object.assign(new Error("no"), { code: "odd", retryable: false });
  });
  await run();
  expect(meter.sum("troupe.goals.ended", { outcome: "failed" })).toBe(1);
  expect(meter.sum("troupe.tasks.ended", { type: "fetch", outcome: "give-up" })).toBe(1);
});

test("votes are measured by whether they decide", async () => {
  await run(["big", "big", "small"]);
  expect(meter.sum("troupe.votes", { outcome: "undecided" })).toBe(1);
  const [deliberation] = meter.of("troupe.deliberation.duration");
  expect(deliberation?.attributes).toEqual({ outcome: "settled" });
});

test("an auction that nobody wins is measured as lost", async () => {
  simulation.node("n1", { coordinates: true, meter });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(120_000);
  expect(meter.sum("troupe.auctions", { outcome: "won" })).toBe(0);
  expect(meter.sum("troupe.auctions")).toBeGreaterThan(0);
  expect(meter.sum("troupe.goals.ended", { outcome: "failed" })).toBe(1);
});

test("a goal taken over is measured as resumed where it goes on", async () => {
  crew(simulation);
  const other = new RecordingMeter();
  const first = simulation.node("n1", { coordinates: true, meter });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(500);
  simulation.node("n2", { coordinates: true, meter: other });
  first.kill();
  await clock.advance(300_000);
  expect(other.sum("troupe.goals.resumed", { kind: "letters" })).toBe(1);
  expect(other.sum("troupe.goals.ended", { outcome: "succeeded" })).toBe(1);
  expect(meter.sum("troupe.goals.ended")).toBe(0);
});
