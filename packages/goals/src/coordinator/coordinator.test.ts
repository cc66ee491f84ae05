import type { Transport } from "@troupe/actor";
import {
  type InMemoryJournal,
  type InMemoryNetwork,
  InMemoryWorkQueue,
  type RecordingTracer,
  seededRandom,
  type VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { openGoalJournal } from "../goal/journal.ts";
import { lettersKind, letterTasks } from "../simulation/letters.ts";
import {
  crew,
  type SimulatedNode,
  Simulation,
  subjects,
  titleOf,
} from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

let clock: VirtualClock;
let network: InMemoryNetwork;
let journal: InMemoryJournal;
let tracer: RecordingTracer;
let simulation: Simulation;

beforeEach(() => {
  const world = quietWorld();
  ({ clock, journal, network, tracer } = world);
  simulation = new Simulation(world);
});

/** Publishes the goal `g` once the nodes know each other. */
async function begin(): Promise<void> {
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
}

test("a goal runs to its end, and every decision is in its journal in order", async () => {
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(10_000);
  const records = await simulation.records("g");
  const titles = records.map(titleOf);
  const sideBySide = titles.slice(5, 9);
  expect(titles.toSpliced(5, 4)).toEqual([
    "accepted",
    "awarded look/1",
    "task-done look/1",
    "deliberated",
    "planned",
    "awarded ship/1",
    "task-done ship/1",
    "finished",
  ]);
  expect(sideBySide.slice(0, 2).sort()).toEqual(["awarded fetch/1", "awarded sort/1"]);
  expect(sideBySide.slice(2).sort()).toEqual(["task-done fetch/1", "task-done sort/1"]);
  const result = { size: { size: "big" }, shipped: 4 };
  expect(await simulation.result("g")).toEqual({ goal: "g", outcome: "succeeded", result });
  expect(simulation.warnings).toEqual([]);
});

test("nothing begins before the decision for it is in the journal", async () => {
  crew(simulation);
  simulation.node("n1", { coordinates: true, journalMs: 40 });
  await begin();
  await clock.advance(20_000);
  const { timeline } = simulation;
  const before = (one: string, other: string) =>
    expect(timeline.indexOf(one), `${one} before ${other}`).toBeLessThan(
      timeline.findIndex((entry) => entry.startsWith(other)),
    );
  before("accepted", "run look/1");
  before("planned", "run fetch/1");
  before("planned", "run sort/1");
  before("task-done fetch/1", "run ship/1");
  before("task-done sort/1", "run ship/1");
  expect(timeline.at(-1)).toBe("finished");
});

test("the award is recorded with every bid, and the best of them won at its own price", async () => {
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(10_000);
  for (const record of await simulation.records("g")) {
    if (record.type !== "awarded") continue;
    expect(record.bids.map(({ bidder }) => bidder.split("/")[0]).sort()).toEqual([
      "w1",
      "w2",
      "w3",
    ]);
    expect(record.bids[0]).toMatchObject({ bidder: record.winner, cost: record.price });
  }
});

test("a disputed field is voted on by all analysts, and the ballots are recorded", async () => {
  crew(simulation, ["big", "small", "big"]);
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(40_000);
  const deliberated = (await simulation.records("g")).find(({ type }) => type === "deliberated");
  expect(deliberated).toMatchObject({
    agreement: { size: "big" },
    votes: [{ counts: { big: 2, small: 1 }, electorate: 3, missing: [] }],
  });
});

test("a goal that nobody can work on fails with the reason and the remedy, and does not hang", async () => {
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(30_000);
  const records = await simulation.records("g");
  expect(records.map(titleOf)).toEqual(["accepted", "task-failed look/1", "failed"]);
  const error = { code: "no-agents", message: expect.stringContaining("'troupe node'") };
  expect(records.at(-1)).toMatchObject({ error });
  expect(await simulation.result("g")).toMatchObject({ outcome: "failed", error });
});

test("an agent that comes while its task is still being announced gets it", async () => {
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(2500);
  crew(simulation);
  await clock.advance(20_000);
  expect((await simulation.records("g")).at(-1)).toMatchObject({ type: "finished" });
});

test("work waits for agents that are busy, however long, and does not fail for it", async () => {
  simulation.workMs = 60_000;
  simulation.node("w1", { does: letterTasks, says: "big", concurrency: 1 });
  simulation.node("w2", { says: "big" });
  simulation.node("w3", { says: "big" });
  simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  for (const id of ["g1", "g2", "g3"]) simulation.publish({ id, kind: "letters" });
  await clock.advance(3_600_000);
  for (const id of ["g1", "g2", "g3"]) {
    expect((await simulation.records(id)).at(-1)).toMatchObject({ type: "finished" });
  }
  expect(simulation.timeline.filter((entry) => entry.startsWith("run "))).toHaveLength(12);
});

test("two analysts are too few: the goal fails with how many are needed, and does not hang", async () => {
  crew(simulation, ["big", "big"]);
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(30_000);
  expect((await simulation.records("g")).at(-1)).toMatchObject({
    type: "failed",
    error: { code: "no-agents", message: expect.stringMatching(/^3 agents .* 2 answered: start/) },
  });
});

test("an analyst that never answers counts as missing, and the goal fails by a deadline", async () => {
  const silent = {
    name: "silent",
    propose: () => new Promise<never>(() => {}),
    judge: () => new Promise<never>(() => {}),
  };
  crew(simulation, ["big", "big"]);
  simulation.node("w3", { says: silent });
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(3_600_000);
  expect((await simulation.records("g")).at(-1)).toMatchObject({
    type: "failed",
    error: { code: "no-agents" },
  });
});

test("analysts that can make nothing of the data end the goal with what they say", async () => {
  const lost = {
    name: "lost",
    propose: () => Promise.reject(new Error("the file is not there")),
    judge: () => Promise.reject(new Error("the file is not there")),
  };
  crew(simulation, ["big", "big"]);
  simulation.node("w3", { says: lost });
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(5000);
  expect((await simulation.records("g")).at(-1)).toMatchObject({
    type: "failed",
    error: {
      code: "no-proposals",
      message: "3 proposals are needed, 2 came: w3/analyst: the file is not there",
    },
  });
});

test("a coordinator that was taken over leaves at its next decision and touches nothing more", async () => {
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(450);
  expect((await simulation.records("g")).at(-1)).toMatchObject({ type: "awarded" });
  const successor = await openGoalJournal(journal, "g", clock);
  await successor.append({ type: "resumed", node: "elsewhere" });
  const stored = (await journal.read(">")).length;
  const before = simulation.timeline.length;
  await clock.advance(8000);
  expect(await journal.read(">")).toHaveLength(stored);
  expect(simulation.timeline.slice(before).filter((entry) => entry.startsWith("run "))).toEqual([]);
  expect(simulation.timeline.filter((entry) => entry.startsWith("aborted "))).toEqual([]);
  expect(simulation.warnings).toEqual([]);
});

test("a coordinator that was taken over does not say that it recorded a cancellation", async () => {
  crew(simulation);
  simulation.workMs = 60_000;
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(450);
  const successor = await openGoalJournal(journal, "g", clock);
  const asked = simulation.request(subjects.cancel("g"), { reason: "no" });
  await successor.append({ type: "resumed", node: "n1" });
  expect(await asked).toMatchObject({ error: { code: 503, retryable: true } });
});

test("the goal's trace begins when it was accepted and ends when the goal does", async () => {
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(10_000);
  const [accepted] = await simulation.records("g");
  const root = tracer.spans.filter(({ name }) => name === `goal ${lettersKind.name}`);
  expect(root).toHaveLength(1);
  const { traceId, spanId } = root[0]?.context ?? {};
  expect(accepted).toMatchObject({ trace: `00-${traceId}-${spanId}-01` });
});

test("a winner that dies before it accepts is passed over: the award goes to the next best, and the task runs once", async () => {
  const nodes = new Map<string, SimulatedNode>();
  let victim = "";
  /** The coordinator's connection, on which the first award finds its winner dead. */
  const watched = (transport: Transport): Transport => ({
    ...transport,
    publish: (...message) => {
      const [subject, payload] = message;
      const to = [...nodes.keys()].find((name) => subject.split(".").includes(name));
      if (victim === "" && to !== undefined && Buffer.from(payload).includes("award")) {
        victim = to;
        nodes.get(to)?.kill();
      }
      transport.publish(...message);
    },
  });
  const queue = new InMemoryWorkQueue(clock);
  simulation = new Simulation({
    clock,
    network: {
      connect: (peer) => (peer === "n1" ? watched(network.connect(peer)) : network.connect(peer)),
      isolate: (peer) => network.isolate(peer),
      heal: () => network.heal(),
    },
    journal,
    queue,
    random: seededRandom,
    tracer,
  });
  for (const node of crew(simulation, ["big", "big", "big", "big"])) nodes.set(node.name, node);
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(60_000);
  const records = await simulation.records("g");
  expect(victim).not.toBe("");
  const award = records.find(({ type }) => type === "awarded");
  const declined = [
    { bidder: `${victim}/worker`, reason: expect.stringContaining("no answer to the award") },
  ];
  expect(award).toMatchObject({ tasks: ["look"], attempt: 1, declined });
  expect(award).not.toMatchObject({ winner: `${victim}/worker` });
  expect(simulation.timeline.filter((entry) => entry.startsWith("run look/"))).toHaveLength(1);
  expect(records.at(-1)).toMatchObject({ type: "finished" });
});

const anything = (fields: Readonly<Record<string, { key: string; value: unknown }>>) => ({
  name: "liar",
  propose: async () => ({ fields, summary: "small" }),
  judge: async () => ({ choice: 1, reason: "" }),
});

test("what a lying analyst says under another's key is not taken for it, and what makes no sense is left out and on record", async () => {
  crew(simulation, ["big", "big", "big", "big"]);
  // Its address comes first: of proposals with the same key the first one's value is taken.
  const says = anything({ size: { key: "big", value: "small" }, odd: { key: "x", value: 7 } });
  simulation.node("a1", { says });
  simulation.node("n1", { coordinates: true });
  await begin();
  await clock.advance(60_000);
  const records = await simulation.records("g");
  const deliberated = records.find((record) => record.type === "deliberated");
  expect(deliberated).toMatchObject({
    agreement: { size: "big" },
    proposals: expect.arrayContaining([
      { member: "a1/analyst", summary: "small", unreadable: ["odd"] },
    ]),
    // Nobody seconds it, so it cannot be voted for.
    votes: [
      {
        decided: "big",
        counts: { big: 4 },
        confidence: 0.8,
        proposed: { small: ["a1/analyst"] },
      },
    ],
  });
  const [vote] = deliberated?.type === "deliberated" ? deliberated.votes : [];
  expect(vote?.counts).toEqual({ big: 4 });
});
