import {
  InMemoryJournal,
  InMemoryNetwork,
  InMemoryWorkQueue,
  RecordingTracer,
  seededRandom,
  VirtualClock,
} from "@troupe/testkit";
import { expect, test } from "vitest";
import { NoNodesError } from "../errors.ts";
import { openGoalJournal } from "../goal/journal.ts";
import type { GoalRecord } from "../goal/records.ts";
import { letterTasks } from "../simulation/letters.ts";
import { crew, recordsOf, Simulation, titleOf } from "../simulation/simulation.test-data.ts";

function simulate() {
  const clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const journal = new InMemoryJournal(clock);
  const queue = new InMemoryWorkQueue(clock);
  const tracer = new RecordingTracer(clock, seededRandom(2));
  const world = { clock, network, journal, queue, random: seededRandom, tracer };
  return { ...world, simulation: new Simulation(world) };
}

/** No task is awarded, run or done again once it is done, and nothing is decided twice. */
function expectNothingTwice(
  records: readonly GoalRecord[],
  timeline: readonly string[],
  where: string,
): void {
  const titles = records.map(titleOf);
  for (const once of ["accepted", "deliberated", "planned", "finished"]) {
    expect(
      titles.filter((title) => title === once),
      `${where}: ${once}`,
    ).toHaveLength(1);
  }
  for (const record of records) {
    if (record.type !== "task-done") continue;
    const { task } = record;
    const after = timeline.slice(timeline.indexOf(titleOf(record)) + 1);
    const again = after.filter((entry) =>
      new RegExp(`^(run|awarded|task-done) ${task}/`).test(entry),
    );
    expect(again, where).toEqual([]);
  }
}

/** Kills the coordinator's node after the record, or before any when it is 0; another goes on. */
async function killAfter(record: number) {
  const { clock, journal, simulation } = simulate();
  crew(simulation, ["big", "small", "big"]);
  const first = simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  let stored = 0;
  journal.observe(({ subject, payload }) => {
    const before = stored;
    stored += recordsOf(subject, payload).length;
    if (before < record && stored >= record) first.kill();
  });
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(1);
  simulation.node("n2", { coordinates: true });
  await clock.advance(90_000);
  const records = await simulation.records("g");
  return { records, simulation, result: await simulation.result("g") };
}

const plain = await killAfter(0);

test("without any loss the simulated goal is decided in twelve records", () => {
  expect(plain.records).toHaveLength(12);
  expect(plain.records.some(({ type }) => type === "resumed")).toBe(false);
});

test.for(plain.records.map((record, index) => [titleOf(record), index + 1] as const))(
  "a goal whose coordinator dies right after '%s' is resumed elsewhere and ends once",
  async ([title, index]) => {
    const { records, simulation, result } = await killAfter(index);
    const ended = index === plain.records.length;
    expect(records.filter(({ type }) => type === "resumed")).toHaveLength(ended ? 0 : 1);
    expect(records.at(-1)).toEqual(plain.records.at(-1));
    expect(result).toEqual(plain.result);
    expectNothingTwice(records, simulation.timeline, title);
  },
);

test("work that goes on while its coordinator is lost is not begun again", async () => {
  const { clock, simulation } = simulate();
  simulation.workMs = 60_000;
  crew(simulation);
  const first = simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(1000);
  first.kill();
  simulation.node("n2", { coordinates: true });
  await clock.advance(300_000);
  const records = await simulation.records("g");
  expect(records.at(-1)).toMatchObject({ type: "finished" });
  expectNothingTwice(records, simulation.timeline, "long work");
  expect(simulation.timeline.filter((entry) => entry.startsWith("run "))).toHaveLength(4);
});

test("a coordinator cut off for a while is taken over, and both together end the goal once", async () => {
  const { clock, simulation } = simulate();
  simulation.workMs = 8000;
  crew(simulation);
  const first = simulation.node("n1", { coordinates: true, keepAliveMs: 20_000 });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(1000);
  first.cutOff();
  simulation.node("n2", { coordinates: true });
  await clock.advance(30_000);
  first.rejoin();
  await clock.advance(90_000);
  const records = await simulation.records("g");
  expect(records.at(-1)).toMatchObject({ type: "finished" });
  expectNothingTwice(records, simulation.timeline, "cut off");
  expect(await simulation.result("g")).toMatchObject({ outcome: "succeeded" });
});

test("every task of an agent whose node is lost is awarded to another", async () => {
  const { clock, simulation } = simulate();
  const lost = simulation.node("w1", { does: letterTasks, says: "big" });
  simulation.node("w2", { says: "big" });
  simulation.node("w3", { says: "big" });
  simulation.node("n1", { coordinates: true, journalMs: 10 });
  await clock.advance(2000);
  simulation.scripts.set("fetch", ({ node }) =>
    node === "w1" ? new Promise(() => {}) : Promise.resolve(),
  );
  simulation.scripts.set("sort", ({ node }) =>
    node === "w1" ? new Promise(() => {}) : Promise.resolve(),
  );
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(3000);
  expect(simulation.timeline).toContain("awarded fetch/1");
  expect(simulation.timeline).toContain("awarded sort/1");
  lost.kill();
  simulation.node("w4", { does: letterTasks });
  await clock.advance(60_000);
  const records = await simulation.records("g");
  const failed = records.filter(({ type }) => type === "task-failed");
  expect(failed.map(titleOf).sort()).toEqual(["task-failed fetch/1", "task-failed sort/1"]);
  for (const record of failed) expect(record).toMatchObject({ answer: "retry" });
  expect(records.at(-1)).toMatchObject({ type: "finished" });
  expect(records.filter(({ type }) => type === "resumed")).toEqual([]);
});

/** Runs the goal until one of its agents is at `fetch`, which never ends the first time. */
async function untilFetching() {
  const world = simulate();
  const { clock, simulation } = world;
  crew(simulation);
  simulation.node("n1", { coordinates: true });
  simulation.scripts.set("fetch", ({ attempt }) =>
    attempt === 1 ? new Promise(() => {}) : Promise.resolve(),
  );
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(1500);
  const awarded = (await simulation.records("g")).find(
    (record) => record.type === "awarded" && record.tasks.includes("fetch"),
  );
  return { ...world, agent: awarded?.type === "awarded" ? awarded.winner : "" };
}

test("an agent that crashes has lost its work, which is awarded anew", async () => {
  const { clock, simulation, agent } = await untilFetching();
  simulation.crash(agent);
  await clock.advance(60_000);
  expect(simulation.timeline).toContain("aborted fetch/1");
  expect(simulation.timeline).toContain("task-failed fetch/1");
  expect(simulation.timeline).toContain("task-done fetch/2");
  expect((await simulation.records("g")).at(-1)).toMatchObject({ type: "finished" });
});

test("an agent whose end went unheard is missed at the next inspection", async () => {
  const { clock, network, simulation, agent } = await untilFetching();
  network.isolate("n1");
  simulation.stopAgent(agent);
  await clock.advance(1000);
  network.heal();
  await clock.advance(60_000);
  expect(simulation.timeline).toContain("task-done fetch/2");
  expect((await simulation.records("g")).at(-1)).toMatchObject({ type: "finished" });
});

test("a coordinator that restarts after it was taken over leaves instead of fencing its successor", async () => {
  const { clock, journal, simulation } = simulate();
  crew(simulation);
  const n1 = simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(450);
  n1.failAppends(
    "journal.goal.g",
    Array.from({ length: 5 }, () => new NoNodesError("append")),
  );
  while (!simulation.warnings.includes("n1: a decision failed")) await clock.advance(10);
  const successor = await openGoalJournal(journal, "g", clock);
  await successor.append({ type: "resumed", node: "elsewhere" });
  const stored = (await journal.read(">")).length;
  await clock.advance(8000);
  expect(await journal.read(">")).toHaveLength(stored);
});

test("a goal whose task ends every process that begins it, before its award is stored, fails instead of ending them for ever", async () => {
  const { clock, simulation } = simulate();
  const nodes = new Map<string, { kill(): void }>();
  const start = (name: string) =>
    nodes.set(
      name,
      simulation.node(name, { coordinates: true, does: letterTasks, says: "big", journalMs: 200 }),
    );
  let started = 3;
  for (const name of ["n1", "n2", "n3"]) start(name);
  await clock.advance(2000);
  let ended = 0;
  simulation.scripts.set("fetch", () => {
    // As a process does that loads broken native code: all that it is at is gone, and another is started.
    for (const node of nodes.values()) node.kill();
    nodes.clear();
    ended += 1;
    started += 1;
    start(`n${started}`);
    return new Promise(() => {});
  });
  simulation.publish({ id: "g", kind: "letters" });
  for (let waited = 0; waited < 100; waited += 1) await clock.advance(10_000);
  const records = await simulation.records("g");
  expect(records.at(-1)).toMatchObject({ type: "failed", error: { code: "nodes-lost" } });
  expect(ended).toBeLessThan(20);
  expect(await simulation.result("g")).toMatchObject({ outcome: "failed" });
});
