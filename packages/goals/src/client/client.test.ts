import { type InMemoryNetwork, seededRandom, type VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { crew, Simulation, subjects, titleOf } from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";
import { GoalClient, type GoalEvent } from "./client.ts";

let clock: VirtualClock;
let network: InMemoryNetwork;
let simulation: Simulation;
let client: GoalClient;

beforeEach(() => {
  const world = quietWorld({ delayMs: 1 });
  ({ clock, network } = world);
  const { journal } = world;
  simulation = new Simulation(world);
  const server = network.connect("server");
  journal.observe(({ subject, sequence, payload }) => {
    const id = /^journal\.goal\.(.*)$/.exec(subject)?.[1];
    if (id === undefined) return;
    server.publish(subjects.events(id), payload, { headers: { "Nats-Sequence": `${sequence}` } });
  });
  const ports = { transport: network.connect("client"), clock, random: seededRandom(9) };
  client = new GoalClient({ ports });
});

async function node(): Promise<void> {
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
}

/** What is promised, while time goes on. */
async function inTime<R>(work: Promise<R>, ms = 7000): Promise<R> {
  const settled = work.catch(() => {});
  await clock.advance(ms);
  await settled;
  return work;
}

test("without a node a submission fails with what to do, instead of waiting for ever", async () => {
  await expect(inTime(client.submit({ kind: "letters" }))).rejects.toMatchObject({
    code: "no-nodes",
    message: expect.stringContaining("troupe up"),
    retryable: true,
  });
});

test("a refused goal is thrown with the reason that the node gave", async () => {
  await node();
  await expect(inTime(client.submit({ kind: "parcels" }))).rejects.toMatchObject({
    code: "unknown-goal-kind",
    retryable: false,
  });
});

test.for([
  ["from before it was published", 0],
  ["while it runs", 500],
  ["after it ended", 30_000],
] as const)("a watcher that comes %s sees every decision once and in order", async ([, ms]) => {
  await node();
  const seen: GoalEvent[] = [];
  const watch = () => client.watch("g", (event) => seen.push(event));
  if (ms === 0) await inTime(watch(), 100);
  client.publish({ id: "g", kind: "letters" });
  await clock.advance(ms);
  if (ms > 0) await inTime(watch(), 100);
  await clock.advance(60_000);
  const records = await simulation.records("g");
  expect(seen.map(({ record }) => titleOf(record))).toEqual(records.map(titleOf));
  const sequences = seen.map(({ sequence }) => sequence);
  expect(sequences).toEqual(sequences.toSorted((one, other) => one - other));
});

test("a goal is cancelled through the client, and the list and the view say so", async () => {
  await node();
  simulation.workMs = 60_000;
  await inTime(client.submit({ id: "g", kind: "letters" }), 1000);
  await inTime(client.cancel("g", "changed my mind"), 1000);
  expect(await inTime(client.list(), 1000)).toMatchObject([{ id: "g", phase: "cancelled" }]);
  expect(await inTime(client.show("g"), 1000)).toMatchObject({ phase: "cancelled" });
  await expect(inTime(client.cancel("g", "again"), 1000)).rejects.toMatchObject({
    code: "goal-ended",
  });
  await expect(inTime(client.show("nobody"), 1000)).rejects.toMatchObject({
    code: "goal-not-found",
  });
});

test("a goal whose coordinator is lost can be cancelled at once: the request waits for the next one", async () => {
  crew(simulation);
  const first = simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  simulation.scripts.set("fetch", () => new Promise(() => {}));
  await inTime(client.submit({ id: "g", kind: "letters" }));
  simulation.node("n2", { coordinates: true });
  await clock.advance(2000);
  first.kill();
  // The client may be told so far that nobody could do it yet, but not that it failed.
  await inTime(client.cancel("g", "changed my mind"), 30_000).catch((error) => {
    expect(error).toMatchObject({ code: "receipt-late", retryable: true });
    expect(error.message).toContain("it is stored");
  });
  await clock.advance(60_000);
  expect((await simulation.records("g")).at(-1)).toMatchObject({ type: "cancelled" });
});

test("who waited for an answer in vain is told that nodes may be busy, and how to repeat a goal", async () => {
  network.connect("deaf").subscribe(subjects.goals, () => {});
  await expect(inTime(client.submit({ id: "x", kind: "letters" }))).rejects.toMatchObject({
    code: "no-nodes",
    message: expect.stringMatching(/within 6000 ms: .*all are busy.*same 'id'/),
  });
});
