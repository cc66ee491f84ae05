import { expect, test, vi } from "vitest";
import { rulesMind } from "../react/rules-mind.ts";
import { choose, finish, lengthTool, stage } from "../react/running.test-data.ts";
import { scripted } from "../react/scripted.test-data.ts";
import { agentTrails } from "./agent-trail.ts";
import { isOfTask, readTrails, type StoredStep } from "./read-trails.ts";
import { forgetTrails } from "./trail.ts";

type Stage = ReturnType<typeof stage>;

/** All records of the goal, page by page. */
async function pages({ journal }: Stage, task?: string) {
  const records: StoredStep[] = [];
  const sizes: number[] = [];
  for (let next: number | undefined = 0; next !== undefined; ) {
    const page = await readTrails(journal, "g", { task, after: next });
    records.push(...page.records);
    sizes.push(page.records.length);
    next = page.next;
  }
  return { records, sizes };
}

test("a trail tells each step: who decided what, what came of it, what it was worth and cost", async () => {
  const on = stage();
  const { tool } = lengthTool();
  const mind = {
    ...scripted([choose("length", { text: "four" }, "count it"), finish(4)]).mind,
    name: "model",
  };
  const asking = {
    ...mind,
    decide: async (...[situation, options]: Parameters<typeof mind.decide>) => {
      const grant = await options.payer.reserve({ tokens: 500 });
      grant.settle({ tokens: 120 });
      return { ...(await mind.decide(situation, options)), model: "small-1" };
    },
  };
  await on.run({ mind: asking, tools: [tool] });
  const [trail] = agentTrails((await pages(on)).records);
  expect(trail).toMatchObject({
    task: "t",
    agent: "tester",
    depth: 0,
    input: { question: "how long?" },
    resumed: 0,
    isWhole: true,
    spent: { calls: 2, tokens: 240 },
    end: { result: 4 },
    steps: [
      {
        ...{ number: 1, thought: "count it", action: "length", input: { text: "four" } },
        ...{ mind: "model", model: "small-1", took: { calls: 1, tokens: 120 } },
        observed: { ok: true, observation: 4, quality: 1 },
      },
      { number: 2, action: "final_result", took: { calls: 1, tokens: 120 } },
    ],
  });
  expect(trail?.steps[1]?.observed).toBeUndefined();
});

test("a trail tells of interventions where they were, and of why a run was stopped", async () => {
  const on = stage();
  const { tool } = lengthTool();
  const texts = ["a", "a", "a", "b", "b", "b", "c", "c", "c"];
  const { mind } = scripted(texts.map((text) => choose("length", { text })));
  await on.run({ mind, tools: [tool], limits: { maxSteps: 100 } }).catch(() => {});
  const [trail] = agentTrails((await pages(on)).records);
  expect(trail?.interventions.map(({ after }) => after)).toEqual([3, 6]);
  expect(trail?.interventions[0]?.advice).toEqual(["you repeat 1 step(s) and see the same again"]);
  expect(trail?.end).toMatchObject({ stop: { code: "agent-stuck" } });
});

test("a question to a person is a step that waits, and has the answer when the run was taken up", async () => {
  const on = stage();
  const script = () =>
    rulesMind([
      ({ steps: [first] }) =>
        first === undefined ? choose("request_approval", { question: "ok?" }) : undefined,
      () => finish("done"),
    ]);
  await on.run({ mind: script() }).catch(() => {});
  const [asked] = agentTrails((await pages(on)).records);
  expect(asked?.steps).toMatchObject([
    { action: "request_approval", input: { question: "ok?" }, mind: "rules" },
  ]);
  expect([asked?.steps[0]?.observed, asked?.end]).toEqual([undefined, undefined]);
  await on.run({ mind: script() }, { approvals: [{ approved: true, by: "ann" }] });
  const [answered] = agentTrails((await pages(on)).records);
  expect(answered).toMatchObject({ resumed: 1, end: { result: "done" } });
  expect(answered?.steps[0]?.observed?.observation).toEqual({ approved: true, by: "ann" });
});

test("agents below have trails of their own, and cost those above them", async () => {
  const on = stage();
  const mind = rulesMind([
    ({ input, steps }) =>
      input === "whole" && steps.length === 0
        ? choose("delegate", { tasks: ["left", "right"] })
        : undefined,
    ({ input }) => finish(input),
  ]);
  await on.run({ mind, limits: { maxDepth: 1 } }, { input: "whole" });
  const trails = agentTrails((await pages(on)).records);
  expect(trails.map(({ task, depth }) => [task, depth])).toEqual([
    ["t", 0],
    ["t-s1-0", 1],
    ["t-s1-1", 1],
  ]);
  expect(agentTrails((await pages(on, "t-s1-1")).records)).toHaveLength(1);
  expect(agentTrails((await pages(on, "other")).records)).toEqual([]);
});

test("a task whose name begins like another's has a trail of its own", () => {
  const below = ["tidy", "tidy-s1", "tidy-s1-0", "tidy-s12-3-s4", "tidy-s1-0-s2-11"];
  for (const run of below) expect(isOfTask(run, "tidy")).toBe(true);
  const others = ["tidy-sources", "tidy-s1st", "tidy2", "tidy-2", "tid"];
  for (const run of others) expect(isOfTask(run, "tidy")).toBe(false);
});

test("a long trail is read in pages that fit into a message, and nothing is lost between them", async () => {
  const on = stage();
  const { tool } = lengthTool();
  const long = { ...tool, run: async () => `${Math.PI}`.repeat(2000) };
  const decisions = Array.from({ length: 120 }, (_, n) => choose("length", { text: `${n}` }));
  const { mind } = scripted([...decisions, finish("done")]);
  await on.run({ mind, tools: [long], limits: { maxSteps: 200 } }).catch(() => {});
  const { records, sizes } = await pages(on);
  expect(sizes.length).toBeGreaterThan(10);
  expect(records).toHaveLength((await on.trail()).length);
  for (const { task } of records) expect(task).toBe("t");
});

test("trails are forgotten but for how they ended, however many records there are", async () => {
  const on = stage();
  const { tool } = lengthTool();
  const decisions = Array.from({ length: 120 }, (_, n) => choose("length", { text: `${n}` }));
  await on.run({
    mind: scripted([...decisions, finish("done")]).mind,
    tools: [tool],
    limits: { maxSteps: 200 },
  });
  const before = (await on.trail()).length;
  const read = vi.spyOn(on.journal, "read");
  expect(await forgetTrails(on.journal, "g")).toBe(before - 1);
  expect(before).toBeGreaterThan(200);
  for (const [, options] of read.mock.calls) expect(options?.limit).toBeLessThanOrEqual(200);
  expect(read).toHaveBeenCalledTimes(2);
  expect(await forgetTrails(on.journal, "g")).toBe(0);
  expect(agentTrails((await pages(on)).records)).toMatchObject([{ end: { result: "done" } }]);
});

test("of an old goal, whose history was removed, it is told how its agents ended", async () => {
  const on = stage();
  await on.run({ mind: scripted([finish(7)]).mind });
  await on.journal.purge("journal.agent.g.t", { before: on.journal.lastSequence });
  expect(agentTrails((await pages(on)).records)).toMatchObject([
    { task: "t", isWhole: false, steps: [], end: { result: 7 } },
  ]);
});

test("a record that is no record of an agent is named, not passed over", async () => {
  const on = stage();
  await on.journal.append("journal.agent.g.t", new TextEncoder().encode('{"at":1,"record":{}}'));
  await expect(pages(on)).rejects.toMatchObject({ code: "unreadable-record" });
});
