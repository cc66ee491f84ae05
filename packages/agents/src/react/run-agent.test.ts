import { expect, test } from "vitest";
import { openTrail } from "../trail/trail.ts";
import type { Mind } from "./mind.ts";
import { rulesMind } from "./rules-mind.ts";
import { choose, finish, lengthTool, stage } from "./running.test-data.ts";
import { scripted } from "./scripted.test-data.ts";

test("an agent thinks, acts, sees, and ends with its result; all of it is in the trail", async () => {
  const { run, trail, tracer } = stage();
  const { tool } = lengthTool();
  const mind = rulesMind([
    ({ steps }) =>
      steps.length === 0 ? choose("length", { text: "four" }, "count it") : undefined,
    ({ steps }) => finish(steps[0]?.observation),
  ]);
  expect(await run({ mind, tools: [tool] })).toMatchObject({ result: 4, steps: 1 });
  const records = (await trail()).flatMap(({ record, ...rest }) => record ?? rest);
  expect(records.map(({ type }) => type)).toEqual([
    "began",
    "decided",
    "observed",
    "decided",
    "finished",
  ]);
  expect(records[1]).toMatchObject({
    thought: "count it",
    action: "length",
    input: { text: "four" },
  });
  expect(records[2]).toMatchObject({ ok: true, observation: 4, quality: 1 });
  const names = tracer.spans.map(({ name }) => name);
  expect(names).toEqual([
    "agent_step 1",
    "execute_tool length",
    "agent_step 1",
    "agent_step 2",
    "invoke_agent tester",
  ]);
});

test("a run that was cut off goes on elsewhere without thinking or doing anything again", async () => {
  const { run, journal } = stage();
  const { tool, ran } = lengthTool();
  const decisions = [
    choose("length", { text: "a" }),
    choose("length", { text: "bb" }),
    finish("done"),
  ];
  // Cut off after every record in turn, each time begun again from what was stored.
  const whole = scripted(decisions);
  await run({ mind: whole.mind, tools: [tool] });
  expect(ran).toEqual(["t-s1:a", "t-s2:bb"]);
  for (let kept = journal.lastSequence - 1; kept >= 1; kept -= 1) {
    journal.truncate(kept);
    ran.length = 0;
    const known = (await journal.read("journal.agent.g.t")).map(({ payload }) =>
      new TextDecoder().decode(payload),
    );
    const decided = known.filter((text) => text.includes('"decided"')).length;
    const observed = known.filter((text) => text.includes('"observed"')).length;
    const again = scripted(decisions);
    expect(await run({ mind: again.mind, tools: [tool] })).toMatchObject({
      result: "done",
      steps: 2,
    });
    expect(again.asked()).toBe(3 - decided);
    expect(ran).toHaveLength(2 - observed);
    journal.truncate(kept);
  }
});

test("an agent that has ended ends the same way again, and nobody is asked", async () => {
  const { run } = stage();
  await run({ mind: scripted([finish(7)]).mind });
  const again = scripted([finish(8)]);
  expect(await run({ mind: again.mind })).toMatchObject({ result: 7 });
  expect(again.asked()).toBe(0);
});

test("who takes a run up goes on with it, whatever its former agent still stores at that moment", async () => {
  const { run, journal, ports } = stage();
  const asks = [choose("request_approval", { question: "ok?" }), finish("done")];
  await expect(run({ mind: scripted(asks).mind })).rejects.toMatchObject({
    code: "approval-needed",
  });
  const former = await openTrail({ ...ports, goal: "g", task: "t" });
  // It stores something between the new agent's reading and its first record.
  const read = journal.read.bind(journal);
  journal.read = async (...request) => {
    const found = await read(...request);
    journal.read = read;
    await former.append({ type: "reserved", tokens: 5, cost: 0 });
    return found;
  };
  const ended = await run({ mind: scripted(asks).mind }, { approvals: [true] });
  expect(ended).toMatchObject({ result: "done", spent: { tokens: 5 } });
  await expect(former.append({ type: "resumed" })).rejects.toMatchObject({ code: "fenced" });
});

test("of two nodes that run the same agent one goes on", async () => {
  const { run } = stage();
  const { tool } = lengthTool();
  const script = [choose("length", { text: "a" }), finish(1)];
  const { promise: bothBegan, resolve } = Promise.withResolvers<void>();
  let began = 0;
  /** Decides once both nodes have taken the run up. */
  const mind = (): Mind => {
    const { mind: decided } = scripted(script);
    return {
      ...decided,
      decide: async (...asked) => {
        began += 1;
        if (began === 2) resolve();
        await bothBegan;
        return decided.decide(...asked);
      },
    };
  };
  const both = await Promise.allSettled([
    run({ mind: mind(), tools: [tool] }),
    run({ mind: mind(), tools: [tool] }),
  ]);
  expect(both.map(({ status }) => status).sort()).toEqual(["fulfilled", "rejected"]);
  const lost = both.find((one) => one.status === "rejected");
  expect(lost?.reason).toMatchObject({ code: "agent-elsewhere", retryable: true });
});

test("a failed action is seen, and the agent goes another way", async () => {
  const { run } = stage();
  const mind = rulesMind([
    ({ steps }) => (steps.length === 0 ? choose("fail", {}) : undefined),
    ({ steps }) => finish(steps[0]?.observation),
  ]);
  const fail = {
    ...lengthTool().tool,
    type: "fail",
    run: () => Promise.reject(new Error("no luck")),
  };
  fail.input = (await import("zod")).z.strictObject({});
  expect((await run({ mind, tools: [fail] })).result).toEqual({
    error: "failed",
    message: "no luck",
  });
});

test("an agent asks a person and goes on with the answer, without doing anything again", async () => {
  const { run } = stage();
  const { tool, ran } = lengthTool();
  const script = () =>
    rulesMind([
      ({ steps }) => (steps.length === 0 ? choose("length", { text: "abc" }) : undefined),
      ({ steps }) =>
        steps.length === 1 ? choose("request_approval", { question: "ok?" }) : undefined,
      ({ steps }) => finish(steps[1]?.observation),
    ]);
  const asked = run({ mind: script(), tools: [tool] });
  await expect(asked).rejects.toMatchObject({
    code: "approval-needed",
    details: { question: "ok?" },
  });
  const answered = await run(
    { mind: script(), tools: [tool] },
    { approvals: [{ approved: true, by: "ann" }] },
  );
  expect(answered.result).toEqual({ approved: true, by: "ann" });
  expect(ran).toHaveLength(1);
});

test("an observation that is too long is cut, and says so", async () => {
  const { run } = stage();
  const mind = rulesMind([
    ({ steps }) => (steps.length === 0 ? choose("length", { text: "" }) : undefined),
    ({ steps }) => finish(JSON.stringify(steps[0]?.observation).includes('"cut":true')),
  ]);
  const long = { ...lengthTool().tool, run: async () => "x".repeat(100_000) };
  expect((await run({ mind, tools: [long] })).result).toBe(true);
});

test("an agent is interrupted when its time is over, whatever it is at", async () => {
  const { run, clock } = stage();
  const deaf = { ...lengthTool().tool, run: () => new Promise(() => {}) };
  const { mind } = scripted([choose("length", { text: "a" })]);
  const stopped = run({ mind, tools: [deaf], limits: { maxMs: 5000 } });
  stopped.catch(() => {});
  await clock.advance(5000);
  await expect(stopped).rejects.toMatchObject({ code: "agent-limit", details: { limit: "maxMs" } });
});

test("days in which people think are not the agent's time", async () => {
  const { run, clock } = stage();
  const script = [choose("request_approval", { question: "ok?" }), finish("went on")];
  const spec = () => ({ mind: scripted(script).mind, limits: { maxMs: 5000 } });
  await expect(run(spec())).rejects.toMatchObject({ code: "approval-needed" });
  await clock.advance(9 * 86_400_000);
  expect(await run(spec(), { approvals: [true] })).toMatchObject({ result: "went on" });
});

test.for([
  ["an action it was not given", choose("steal", {})],
  ["an input of another shape", choose("length", { text: 5 })],
  ["a result of another shape", choose("final_result", "just so")],
] as const)(
  "a mind of one's own that decides on %s is stopped before anything is done",
  async ([, decision]) => {
    const { run, trail } = stage();
    const { tool, ran } = lengthTool();
    const stopped = run({ mind: scripted([decision]).mind, tools: [tool] });
    await expect(stopped).rejects.toMatchObject({ code: "agent-unusable", retryable: false });
    expect(ran).toEqual([]);
    expect((await trail()).map(({ record }) => record?.type)).toEqual(["began", "stopped"]);
  },
);
