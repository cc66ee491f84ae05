import { defineTool, type Tool } from "@troupe/agents";
import type { InMemoryJournal, InMemoryWorkQueue, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { readGoalRecords } from "../../goal/journal.ts";
import type { GoalRecord } from "../../goal/records.ts";
import type { GoalState } from "../../goal/state.ts";
import { FlowWorld } from "../../simulation/flow-world.test-data.ts";
import { basicTools } from "./basic-tools.ts";
import { flowResultSchema } from "./result.ts";

let world: FlowWorld;
let clock: VirtualClock;
let journal: InMemoryJournal;
let queue: InMemoryWorkQueue;
/** Tasks in the order they were run, as `task/attempt`. */
let runs: string[];
/** Tasks that fail, and how often. */
let failures: Map<string, number>;

beforeEach(() => {
  world = new FlowWorld();
  ({ clock, journal, queue } = world);
  runs = [];
  failures = new Map();
});

const work = defineTool({
  type: "work",
  purpose: "does what the test says",
  input: z.looseObject({ ms: z.number().optional() }),
  run: async ({ ms = 10, ...rest }, job) => {
    runs.push(`${job.task}/${job.attempt}`);
    await new Promise<void>((resolve, reject) => {
      clock.schedule(ms, resolve);
      job.signal.addEventListener("abort", () => reject(job.signal.reason));
    });
    const left = failures.get(job.task) ?? 0;
    failures.set(job.task, left - 1);
    if (left > 0) throw new Error(`${job.task} broke`);
    return rest;
  },
});

/** One node that does the tasks, and coordinates unless told otherwise. */
function start(name = "n1", options: { concurrency?: number; coordinates?: boolean } = {}): void {
  const tools: readonly Tool[] = [work, ...basicTools(clock)];
  world.node(name, tools, options);
}

const publish = (document: object): void => world.publish(document);
const stateOf = async (goal: string): Promise<GoalState> => (await world.goal(goal)).state;
const recordsOf = async (goal: string): Promise<readonly GoalRecord[]> =>
  (await readGoalRecords(journal, goal)).map(({ record }) => record);

/** The size of each append to the goal's journal from now on, bytes. */
function appendSizes(): readonly number[] {
  const sizes: number[] = [];
  journal.observe(({ subject, payload }) => {
    if (subject === "journal.goal.g") sizes.push(payload.length);
  });
  return sizes;
}

/** Runs a flow to its end. */
async function run(flow: object, ms = 30_000): Promise<GoalState> {
  start();
  await clock.advance(1000);
  publish({ id: "g", kind: "flow", ...flow });
  await clock.advance(ms);
  return stateOf("g");
}

test("tasks run in their order, with the results of those before them", async () => {
  const state = await run({
    tasks: [
      { id: "load", type: "work", input: { rows: { count: 7 } } },
      {
        id: "report",
        type: "work",
        input: { rows: { $from: "load", at: "rows.count" }, all: { $from: "load" } },
        dependsOn: ["load"],
      },
    ],
  });
  expect(state.phase).toBe("succeeded");
  expect(runs).toEqual(["load/1", "report/1"]);
  expect(flowResultSchema.parse(state.result)).toMatchObject({
    done: 2,
    results: { report: { rows: 7, all: { rows: { count: 7 } } } },
  });
});

test("copies of a task run as many, and their results come together in order", async () => {
  const state = await run({
    tasks: [
      { id: "part", type: "work", copies: 250, input: { number: "$copy" } },
      { id: "join", type: "pass", input: { $from: "part" }, dependsOn: ["part"] },
    ],
  });
  expect(state.phase).toBe("succeeded");
  expect(new Set(runs).size).toBe(250);
  expect(runs).toHaveLength(250);
  const { results } = flowResultSchema.parse(state.result);
  expect(results["join"]).toEqual(Array.from({ length: 250 }, (_, number) => ({ number })));
});

test("a lot of copies is decided in few appends", async () => {
  const appends = appendSizes();
  await run({ tasks: [{ id: "part", type: "pass", copies: 1000 }] });
  const records = await recordsOf("g");
  expect(records.filter(({ type }) => type === "task-done")).toHaveLength(1000);
  expect(appends.length).toBeLessThan(60);
});

test("the largest flow that is accepted is stored in messages that the server takes", async () => {
  const input = { pad: "x".repeat(250) };
  const tasks = Array.from({ length: 1500 }, (_, index) => ({
    id: `t${index}`,
    type: "pass",
    input,
  }));
  const sizes = appendSizes();
  const state = await run({ tasks }, 60_000);
  expect(state.phase).toBe("succeeded");
  expect(Math.max(...sizes)).toBeGreaterThan(400_000);
  expect(Math.max(...sizes)).toBeLessThan(1_000_000);
});

test("a failed task is tried as often as it says", async () => {
  failures.set("shaky", 2);
  const state = await run({
    tasks: [{ id: "shaky", type: "work", retry: { limit: 2, delayMs: 50 } }],
  });
  expect(state.phase).toBe("succeeded");
  expect(runs).toEqual(["shaky/1", "shaky/2", "shaky/3"]);
});

test("a task that breaks fails what needs it, while the rest is done, and the goal says why", async () => {
  failures.set("broken", 99);
  const state = await run({
    tasks: [
      { id: "broken", type: "work" },
      { id: "needs", type: "work", dependsOn: ["broken"] },
      { id: "other", type: "work", input: { ms: 500 } },
      { id: "after", type: "work", dependsOn: ["other"] },
    ],
  });
  expect(state.phase).toBe("failed");
  expect(state.error?.message).toBe("broken broke");
  expect(state.tasks["needs"]?.status).toBe("failed");
  expect(state.tasks["after"]?.status).toBe("done");
  expect(runs).not.toContain("needs/1");
});

test("a goal whose edges allow a failure ends in part", async () => {
  failures.set("optional", 99);
  const state = await run({
    tasks: [
      { id: "optional", type: "work" },
      { id: "main", type: "work" },
      {
        id: "join",
        type: "work",
        input: { optional: { $from: "optional" }, main: { $from: "main" } },
        dependsOn: ["main", { task: "optional", onFailure: "continue" }],
      },
    ],
  });
  expect(state).toMatchObject({ phase: "succeeded", partial: true });
  expect(flowResultSchema.parse(state.result)).toMatchObject({
    results: { join: { optional: null, main: {} } },
    failures: [{ task: "optional", message: "optional broke" }],
  });
});

test("a task that takes longer than its time has failed, and its tool is told", async () => {
  const state = await run({
    tasks: [{ id: "slow", type: "work", input: { ms: 60_000 }, timeoutMs: 2000 }],
  });
  expect(state.phase).toBe("failed");
  expect(state.error).toMatchObject({ code: "timeout" });
  expect(state.error?.message).toContain("2000 ms");
});

test("a straggler is raced by a second copy on another agent, and the first to end counts", async () => {
  start("n1");
  start("second", { coordinates: false });
  await clock.advance(3000);
  let first = true;
  const slowOnce = work.run;
  Object.assign(work, {
    run: (input: { ms?: number }, job: Parameters<typeof slowOnce>[1]) => {
      const ms = first ? 600_000 : 100;
      first = false;
      return slowOnce({ ...input, ms }, job);
    },
  });
  try {
    publish({
      id: "g",
      kind: "flow",
      tasks: [{ id: "race", type: "work", expectedMs: 1000, speculateAfter: 3 }],
    });
    await clock.advance(20_000);
  } finally {
    Object.assign(work, { run: slowOnce });
  }
  const state = await stateOf("g");
  expect(state.phase).toBe("succeeded");
  expect(runs).toEqual(["race/1", "race/2"]);
  const winners = (await recordsOf("g")).flatMap((record) =>
    record.type === "awarded" ? [record.winner] : [],
  );
  expect(new Set(winners).size).toBe(2);
});

test("work is spread over the agents by what each has to do already", async () => {
  start("n1", { concurrency: 1 });
  start("second", { concurrency: 1, coordinates: false });
  await clock.advance(3000);
  publish({
    id: "g",
    kind: "flow",
    tasks: Array.from({ length: 6 }, (_, index) => ({
      id: `t${index}`,
      type: "work",
      input: { ms: 1000 },
    })),
  });
  await clock.advance(20_000);
  const winners = (await recordsOf("g")).flatMap((record) =>
    record.type === "awarded" ? [record.winner] : [],
  );
  expect(winners.filter((winner) => winner.startsWith("n1/"))).toHaveLength(3);
  expect(winners).toHaveLength(6);
});

test("what a failed goal has done is undone, the last thing first", async () => {
  failures.set("third", 99);
  const undo = (name: string) => ({ type: "work", input: { undoes: name } });
  const state = await run({
    tasks: [
      { id: "first", type: "work", compensate: undo("first") },
      { id: "second", type: "work", dependsOn: ["first"], compensate: undo("second") },
      { id: "third", type: "work", dependsOn: ["second"], compensate: undo("third") },
    ],
  });
  expect(state.phase).toBe("failed");
  expect(state.error?.message).toBe("third broke");
  expect(runs).toEqual(["first/1", "second/1", "third/1", "undo.second/1", "undo.first/1"]);
});

test("a cancelled goal is undone as well, with what it had begun", async () => {
  start();
  await clock.advance(1000);
  const compensate = { type: "work" };
  publish({
    id: "g",
    kind: "flow",
    tasks: [
      { id: "first", type: "work", compensate },
      { id: "long", type: "work", input: { ms: 60_000 }, dependsOn: ["first"], compensate },
    ],
  });
  await clock.advance(2000);
  publish({ command: "cancel", goal: "g", reason: "changed my mind" });
  await clock.advance(30_000);
  expect(await stateOf("g")).toMatchObject({ phase: "cancelled" });
  expect(runs).toEqual(["first/1", "long/1", "undo.long/1", "undo.first/1"]);
});

const approving = {
  tasks: [
    { id: "prepare", type: "work" },
    { id: "ask", type: "approval", input: { question: "publish?" }, dependsOn: ["prepare"] },
    { id: "publish", type: "work", input: { by: { $from: "ask", at: "by" } }, dependsOn: ["ask"] },
  ],
};

test("a goal that waits for approval holds no coordinator, and goes on when it is given", async () => {
  const asleep = await run(approving);
  expect(asleep).toMatchObject({ phase: "executing", suspended: true });
  expect(asleep.tasks["ask"]).toMatchObject({ status: "asked", question: "publish?" });
  expect(queue.unacknowledged).toBe(0);
  await clock.advance(5 * 24 * 3_600_000);
  publish({ command: "approve", goal: "g", task: "ask", by: "ann" });
  await clock.advance(10_000);
  const state = await stateOf("g");
  expect(state).toMatchObject({ phase: "succeeded", suspended: false });
  expect(flowResultSchema.parse(state.result).results["publish"]).toEqual({ by: "ann" });
  expect(runs).toEqual(["prepare/1", "publish/1"]);
  expect(queue.unacknowledged).toBe(0);
});

test("who cancels a goal is recorded, whether it is at work or waits for people", async () => {
  const cancel = (goal: string) => publish({ command: "cancel", goal, reason: "no", by: "ann" });
  const asked = async (goal: string) =>
    (await recordsOf(goal)).filter(({ type }) => type === "cancel-requested");
  start();
  await clock.advance(1000);
  publish({ id: "busy", kind: "flow", tasks: [{ id: "a", type: "work", input: { ms: 60_000 } }] });
  publish({ id: "asleep", kind: "flow", ...approving });
  await clock.advance(10_000);
  expect(await stateOf("asleep")).toMatchObject({ suspended: true });
  for (const goal of ["busy", "asleep"]) cancel(goal);
  await clock.advance(10_000);
  for (const goal of ["busy", "asleep"]) {
    expect(await asked(goal)).toEqual([{ type: "cancel-requested", reason: "no", by: "ann" }]);
  }
});

test("a goal that is not approved fails with the reason, and does nothing more", async () => {
  await run(approving);
  publish({ command: "approve", goal: "g", task: "ask", approved: false, by: "bob", note: "typo" });
  await clock.advance(10_000);
  expect(await stateOf("g")).toMatchObject({
    phase: "failed",
    error: { code: "rejected", message: "bob did not approve: typo" },
  });
  expect(runs).toEqual(["prepare/1"]);
});

test("of two answers that come together the first counts, and the other is refused", async () => {
  start();
  await clock.advance(1000);
  const tasks = [
    { id: "ask", type: "approval" },
    { id: "long", type: "work", input: { ms: 20_000 } },
    { id: "act", type: "work", dependsOn: ["ask"] },
  ];
  publish({ id: "g", kind: "flow", tasks });
  await clock.advance(2000);
  publish({ command: "approve", goal: "g", task: "ask", by: "ann" });
  publish({ command: "approve", goal: "g", task: "ask", by: "bob", approved: false });
  await clock.advance(30_000);
  const answers = (await recordsOf("g")).filter(({ type }) => type === "approval-given");
  expect(answers).toEqual([{ type: "approval-given", task: "ask", approved: true, by: "ann" }]);
  expect((await stateOf("g")).phase).toBe("succeeded");
  expect(await journal.read("dead.goals")).toHaveLength(1);
});

test("approval of a task that does not ask changes nothing and becomes a dead letter", async () => {
  await run(approving);
  publish({ command: "approve", goal: "g", task: "publish", by: "ann" });
  await clock.advance(10_000);
  expect(await stateOf("g")).toMatchObject({ suspended: true });
  const [dead] = await journal.read("dead.goals");
  expect(new TextDecoder().decode(dead?.payload)).toContain("does not ask for approval");
});

test("a goal asks while other tasks go on, and the answer finds its coordinator", async () => {
  start();
  await clock.advance(1000);
  publish({
    id: "g",
    kind: "flow",
    tasks: [
      { id: "ask", type: "approval" },
      { id: "long", type: "work", input: { ms: 20_000 } },
    ],
  });
  await clock.advance(5000);
  expect(await stateOf("g")).toMatchObject({ suspended: false, counts: { asked: 1, awarded: 1 } });
  publish({ command: "approve", goal: "g", task: "ask", by: "ann" });
  await clock.advance(20_000);
  expect(await stateOf("g")).toMatchObject({ phase: "succeeded", resumed: 0 });
});

test.for([
  ["an unknown type", { type: "explode" }, "'explode' is not a known task type"],
  ["an input of the wrong shape", { type: "wait", input: { ms: "long" } }, "tasks.0.input.ms"],
  ["itself as dependency", { type: "work", dependsOn: ["a"] }, "a -> a"],
  ["a dependency that is not there", { type: "work", dependsOn: ["b"] }, "'b'"],
  [
    "a result it does not wait for",
    { type: "work", input: { $from: "b" } },
    "does not depend on: add it to dependsOn",
  ],
] as const)("a flow with %s is refused, naming it", async ([, task, words]) => {
  await run({ tasks: [{ id: "a", ...task }] });
  const [dead] = await journal.read("dead.goals");
  expect(new TextDecoder().decode(dead?.payload)).toContain(words);
  expect((await stateOf("g")).phase).toBe("unknown");
});

test("a description without a model fails the goal with what to do about it", async () => {
  expect(await run({ describe: "tidy up" })).toMatchObject({
    phase: "failed",
    error: { code: "no-model", message: expect.stringContaining("TROUPE_MODEL") },
  });
});
