import { ApprovalNeededError, defineTool, type Tool } from "@troupe/agents";
import { expect, test } from "vitest";
import { z } from "zod";
import { readGoalRecords } from "../../goal/journal.ts";
import { replayGoal } from "../../replay/replay-goal.ts";
import { replayKinds } from "../../replay/replay-kinds.ts";
import { FlowWorld } from "../../simulation/flow-world.test-data.ts";
import { basicTools } from "./basic-tools.ts";

/** A world with an agent that asks two questions, one after the other, and does nothing before. */
function stage() {
  const world = new FlowWorld();
  const { clock } = world;
  const runs: number[] = [];
  const asker = defineTool({
    type: "asker",
    purpose: "asks people",
    input: z.strictObject({}),
    run: async (_input, { approvals = [], attempt }) => {
      runs.push(attempt);
      if (approvals.length < 2) {
        throw new ApprovalNeededError("asker", ["first?", "second?"][approvals.length] ?? "");
      }
      return approvals;
    },
  });
  const start = (name: string) => world.node(name, [asker as Tool, ...basicTools(clock)]);
  const state = async () => (await world.goal("g")).state;
  const answer = async (approved: boolean, by: string) => {
    world.publish({ command: "approve", goal: "g", task: "ask", approved, by });
    await clock.advance(10_000);
  };
  return { world, clock, runs, start, state, answer };
}

const tasks = [
  { id: "ask", type: "asker", input: {}, retry: { limit: 0, delayMs: 1 } },
  { id: "beside", type: "wait", input: { ms: 100 } },
  { id: "after", type: "pass", input: { $from: "ask" }, dependsOn: ["ask"] },
];

test("a goal sleeps while an agent of it waits for people, and both answers reach it, whatever they are", async () => {
  const { world, clock, runs, start, state, answer } = stage();
  const first = start("n1");
  await clock.advance(1000);
  world.publish({ id: "g", kind: "flow", tasks });
  await clock.advance(10_000);
  expect(await state()).toMatchObject({ suspended: true, counts: { asked: 1, done: 1 } });
  expect(world.queue.unacknowledged).toBe(0);
  await clock.advance(9 * 24 * 3_600_000);
  first.kill();
  start("n2");
  await clock.advance(60_000);
  await answer(false, "ann");
  expect((await state()).tasks["ask"]).toMatchObject({ status: "asked", question: "second?" });
  await answer(true, "bob");
  const given = [
    { approved: false, by: "ann", note: null },
    { approved: true, by: "bob", note: null },
  ];
  expect(await state()).toMatchObject({ phase: "succeeded", tasks: { after: { facts: given } } });
  // Each question is one attempt, none of which is a failure that a retry is spent on.
  expect(runs).toEqual([1, 2, 3]);
  const kind = replayKinds.find(({ name }) => name === "flow");
  if (kind === undefined) throw new Error("flows can be replayed");
  const { steps } = await replayGoal("g", await readGoalRecords(world.journal, "g"), kind);
  expect(steps.filter(({ verdict }) => verdict === "different")).toEqual([]);
});

test("an answer that comes while other tasks are at work finds the coordinator, and a second one is refused", async () => {
  const { world, clock, start, state, answer } = stage();
  start("n1");
  await clock.advance(1000);
  const long = { id: "long", type: "wait", input: { ms: 60_000 } };
  world.publish({ id: "g", kind: "flow", tasks: [...tasks, long] });
  await clock.advance(5000);
  expect(await state()).toMatchObject({ suspended: false, counts: { asked: 1, awarded: 1 } });
  world.publish({ command: "approve", goal: "g", task: "ask", approved: true, by: "eve" });
  await answer(true, "ann");
  await answer(true, "bob");
  // Both questions are answered while the other task is still at work.
  expect((await state()).tasks).toMatchObject({
    after: { status: "done" },
    long: { status: "awarded" },
  });
  await clock.advance(60_000);
  expect(await state()).toMatchObject({ phase: "succeeded" });
  const records = await readGoalRecords(world.journal, "g");
  const given = records.filter(({ record }) => record.type === "approval-given");
  expect(given.length).toBe(2);
});

test("a goal that is cancelled while its agent waits for people ends", async () => {
  const { world, clock, start, state } = stage();
  start("n1");
  await clock.advance(1000);
  world.publish({ id: "g", kind: "flow", tasks });
  await clock.advance(10_000);
  world.publish({ command: "cancel", goal: "g" });
  await clock.advance(10_000);
  expect(await state()).toMatchObject({ phase: "cancelled" });
});
