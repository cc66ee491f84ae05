import type { VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { NoNodesError } from "../errors.ts";
import {
  crew,
  type SimulatedNode,
  Simulation,
  titleOf,
} from "../simulation/simulation.test-data.ts";
import { quietWorld } from "../simulation/world.test-data.ts";

let clock: VirtualClock;
let simulation: Simulation;
let n1: SimulatedNode;

beforeEach(async () => {
  const world = quietWorld();
  ({ clock } = world);
  simulation = new Simulation(world);
  crew(simulation);
  n1 = simulation.node("n1", { coordinates: true });
  await clock.advance(2000);
});

/** Runs the goal to its end and returns its decisions. */
async function run() {
  simulation.publish({ id: "g", kind: "letters" });
  await clock.advance(120_000);
  return simulation.records("g");
}

function failsWith(times: number, error: object): () => Promise<unknown> {
  let tries = 0;
  return async () => {
    tries += 1;
    if (tries <= times) throw Object.assign(new Error("it broke"), error);
    return {};
  };
}

const quality = { code: "quality-gate-failed", retryable: false };

test("a failure that may pass by itself is tried again, under a new attempt", async () => {
  simulation.scripts.set("fetch", failsWith(2, { code: "ECONNRESET", retryable: true }));
  const records = await run();
  const fetched = records.filter((record) => / fetch\//.test(titleOf(record)));
  expect(fetched.map(titleOf)).toEqual([
    "awarded fetch/1",
    "task-failed fetch/1",
    "awarded fetch/2",
    "task-failed fetch/2",
    "awarded fetch/3",
    "task-done fetch/3",
  ]);
  expect(fetched[1]).toMatchObject({
    answer: "retry",
    classified: { class: "transient_network", strategy: "retry" },
  });
  // How long a plan waits for its repair; a retry is paced by whoever starts it.
  expect(fetched[1]).not.toHaveProperty("delayMs");
  expect(records.at(-1)).toMatchObject({ type: "finished" });
});

test("a failure that does not pass is given up after a bounded number of tries", async () => {
  const error = { code: "ECONNRESET", retryable: true };
  simulation.scripts.set("fetch", failsWith(Number.POSITIVE_INFINITY, error));
  const records = await run();
  const answers = records.flatMap((record) =>
    record.type === "task-failed" ? [record.answer] : [],
  );
  expect(answers).toEqual(["retry", "retry", "retry", "give-up"]);
  expect(records.at(-1)).toMatchObject({ type: "failed", error: { code: "ECONNRESET" } });
  expect(await simulation.result("g")).toMatchObject({ outcome: "failed" });
});

test("a failure that repeating cannot help is given up at once", async () => {
  simulation.scripts.set("fetch", failsWith(1, { code: "odd", retryable: false }));
  const records = await run();
  expect(records.map(titleOf)).not.toContain("awarded fetch/2");
  expect(records.at(-1)).toMatchObject({ type: "failed", error: { code: "odd" } });
});

test("work that runs beside a task that is given up is told to stop", async () => {
  simulation.workMs = 30_000;
  simulation.scripts.set("look", async () => {});
  simulation.scripts.set("fetch", failsWith(1, { code: "odd", retryable: false }));
  const records = await run();
  expect(records.at(-1)).toMatchObject({ type: "failed" });
  expect(simulation.timeline).toContain("aborted sort/1");
});

test("bad data leads to a repaired plan that keeps what is done", async () => {
  simulation.scripts.set("ship", failsWith(1, quality));
  const records = await run();
  const failed = records.find(({ type }) => type === "task-failed");
  expect(failed).toMatchObject({ task: "ship", answer: "replan" });
  expect(records.find(({ type }) => type === "replanned")).toMatchObject({
    cause: "it broke",
    class: "data_quality_failure",
    strategy: "add_validation",
    kept: expect.arrayContaining(["fetch", "sort"]),
    removed: ["ship"],
    added: ["mend-2", "ship-2"],
    learned: "it broke",
  });
  const runs = simulation.timeline.filter((entry) => entry.startsWith("run "));
  expect(runs.map((entry) => entry.split(" ")[1]).sort()).toEqual([
    "fetch/1",
    "look/1",
    "mend-2/1",
    "ship-2/1",
    "ship/1",
    "sort/1",
  ]);
  expect(records.at(-1)).toMatchObject({ type: "finished" });
});

test("a plan is repaired a bounded number of times", async () => {
  simulation.scripts.set("ship", failsWith(Number.POSITIVE_INFINITY, quality));
  const records = await run();
  expect(records.filter(({ type }) => type === "replanned")).toHaveLength(5);
  expect(records.at(-1)).toMatchObject({
    type: "failed",
    error: {
      code: "quality-gate-failed",
      message:
        "it broke; the plan could not be repaired: data_quality_failure (code 'quality-gate-failed'): the plan was repaired 5 times, which is the limit",
    },
  });
  const { timeline, times } = simulation;
  const at = (start: string) => times.filter((_, index) => timeline[index]?.startsWith(start));
  const failures = at("task-failed");
  const waits = at("replanned").map((repaired, index) => repaired - (failures[index] ?? 0));
  expect(waits.map((ms) => Math.floor(ms / 1000))).toEqual([0, 1, 2, 4, 8]);
});

test("a plan that cannot be repaired ends the goal with the failure and why", async () => {
  simulation.scripts.set("ship", failsWith(1, { ...quality, details: "beyond repair" }));
  expect((await run()).at(-1)).toMatchObject({
    type: "failed",
    error: { message: "it broke; the plan could not be repaired: nothing helps" },
  });
});

test("work that runs beside a failure that cannot be repaired is told to stop", async () => {
  simulation.workMs = 30_000;
  simulation.scripts.set("look", async () => {});
  simulation.scripts.set("fetch", failsWith(1, { ...quality, details: "beyond repair" }));
  const records = await run();
  expect(records.at(-1)).toMatchObject({ type: "failed" });
  expect(simulation.timeline).toContain("aborted sort/1");
});

test("a tool that finds nothing out does not harm the goal's journal", async () => {
  simulation.scripts.set("fetch", async () => undefined);
  expect((await run()).at(-1)).toMatchObject({ type: "finished" });
});

test("a coordinator that fails is restarted and goes on from the journal", async () => {
  n1.failAppends(
    "journal.goal.g",
    [1, 2, 3, 4, 5, 6].map(() => new NoNodesError("append")),
  );
  expect((await run()).at(-1)).toMatchObject({ type: "finished" });
});

test("a result that could not be published at once is published later, and the goal ends once", async () => {
  n1.failAppends("results.g", [new Error("no space left"), new Error("no space left")]);
  const records = await run();
  expect(records.at(-1)).toMatchObject({ type: "finished" });
  expect(records.filter(({ type }) => type === "finished" || type === "failed")).toHaveLength(1);
  expect(await simulation.result("g")).toMatchObject({ outcome: "succeeded" });
});
