import { expect, test } from "vitest";
import { z } from "zod";
import type { Mind, Situation } from "../react/mind.ts";
import { modelMind } from "../react/model-mind.ts";
import { rulesMind } from "../react/rules-mind.ts";
import { choose, finish, stage } from "../react/running.test-data.ts";
import { askingModel } from "../reasoner/asking.test-data.ts";
import { defineTool, type Tool } from "../tool.ts";
import { agentTrails } from "../trail/agent-trail.ts";
import { readTrails } from "../trail/read-trails.ts";
import { Learner } from "./learner.ts";

/** Two ways to find something: which of them works, the world decides. */
function world() {
  let working = "index";
  const tool = (type: string): Tool =>
    defineTool({
      type,
      purpose: "finds it, or fails",
      input: z.strictObject({}),
      run: async () => {
        if (type !== working) throw new Error("nothing there");
        return "found";
      },
    }) as Tool;
  return {
    tools: [tool("scan"), tool("index")],
    works: (type: string): void => {
      working = type;
    },
  };
}

/** Tries each of its actions until one finds it. */
const searching: Mind = rulesMind([
  ({ steps }) => (steps.at(-1)?.observation === "found" ? finish("found") : undefined),
  ({ steps, last }) => {
    const left = ["scan", "index"].filter((one) => steps.every(({ action }) => action !== one));
    const next = left.find((one) => !last.has(one)) ?? left[0];
    return next === undefined ? undefined : choose(next, {});
  },
]);

/** An agent whose runs, one task each, are learned from. */
function learning(mind = searching) {
  const { run, journal, clock } = stage();
  const { tools, works } = world();
  const learnerOf = () => new Learner({ journal, clock, agent: "n1-x" });
  let learner = learnerOf();
  const work = (task: string, approvals: readonly unknown[] = []) =>
    run({ mind, tools, experience: learner.experience("find .csv") }, { task, approvals });
  const trailOf = async (task: string) =>
    agentTrails((await readTrails(journal, "g", { task })).records)[0];
  const remembered = async () => {
    const stored = await journal.read("journal.reflection.n1-x");
    return stored.flatMap(
      ({ payload }) => JSON.parse(new TextDecoder().decode(payload)).record ?? [],
    );
  };
  const changes = async () => (await remembered()).filter(({ type }) => type !== "episode");
  const episodes = async () => (await remembered()).filter(({ type }) => type === "episode");
  return {
    ...{ work, works, trailOf, changes, episodes },
    restart: () => {
      learner = learnerOf();
    },
  };
}

test("after ten tasks of a kind an agent works otherwise for a stated reason, in fewer steps, also after a restart", async () => {
  const { work, trailOf, changes, restart } = learning();
  const steps = [];
  for (let n = 0; n < 10; n += 1) steps.push((await work(`t${n}`)).steps);
  expect(steps).toEqual([2, 2, 2, 2, 2, 1, 1, 1, 1, 1]);
  expect((await changes()).map(({ type, because }) => [type, because])).toEqual([
    ["adapted", "of its last 5 tries 'scan' failed in 100 %"],
    ["confirmed", "100 % done in 1.0 steps instead of 100 % done in 2.0 steps"],
  ]);
  restart();
  expect((await work("t10")).steps).toBe(1);
  expect((await trailOf("t0"))?.habits).toBeUndefined();
  expect(await trailOf("t10")).toMatchObject({
    habits: { last: ["scan"], advice: [expect.stringContaining("failed in 100 %")] },
    steps: [{ action: "index" }, { action: "final_result" }],
  });
});

test("when the change does not help any more it is withdrawn, and no task fails for it", async () => {
  const { work, works, changes } = learning();
  for (let n = 0; n < 5; n += 1) await work(`t${n}`);
  works("scan");
  const steps = [];
  for (let n = 5; n < 11; n += 1) steps.push((await work(`t${n}`)).steps);
  // What is left for last is done all the same when the rest has failed.
  expect(steps).toEqual([2, 2, 2, 2, 2, 1]);
  expect((await changes()).map(({ type }) => type)).toEqual(["adapted", "withdrawn"]);
});

test("a mind is told what experience says, and actions to leave for last stand last", async () => {
  const told: Situation[] = [];
  const listening: Mind = {
    name: "listening",
    decide: async (situation, options) => {
      told.push(situation);
      return searching.decide(situation, options);
    },
  };
  const { work } = learning(listening);
  for (let n = 0; n < 6; n += 1) await work(`t${n}`);
  expect(told[0]).toMatchObject({ advice: [], last: new Set() });
  expect(told[0]?.actions[0]?.name).toBe("scan");
  const last = told.at(-1);
  expect(last?.advice).toEqual([
    "do 'scan' only when nothing else is left: of its last 5 tries 'scan' failed in 100 %",
  ]);
  expect(last?.actions.at(-1)?.name).toBe("scan");
});

/** A model that begins with `scan`, unless it is told otherwise and heeds it. */
async function modelled(heeds: boolean) {
  const asking = await askingModel(({ prompt }) => {
    const seen = prompt.split('"observation"').length - 1;
    const isWarned = heeds && prompt.includes("do 'scan' only when nothing else is left");
    const first = isWarned ? "index" : "scan";
    const isFound = prompt.includes('"observation":"found"');
    const next = isFound ? finish("found") : choose(seen === 0 ? first : "index", {});
    return { text: JSON.stringify(next) };
  });
  return { ...learning(modelMind(asking.reasoner)), asking };
}

test.for([
  ["heeds", true, ["adapted", "confirmed"], [2, 2, 2, 2, 2, 1, 1, 1, 1, 1]],
  ["does not heed", false, ["adapted", "withdrawn"], [2, 2, 2, 2, 2, 2, 2, 2, 2, 2]],
] as const)(
  "advice that a model %s is kept as long as it helps, and costs calls that are counted",
  async ([, heeds, kinds, expected]) => {
    const { work, changes, asking } = await modelled(heeds);
    const ended = [];
    for (let n = 0; n < 10; n += 1) ended.push(await work(`t${n}`));
    expect(ended.map(({ steps }) => steps)).toEqual(expected);
    expect(ended.map(({ spent }) => spent.calls)).toEqual(expected.map((steps) => steps + 1));
    expect((await changes()).map(({ type }) => type)).toEqual(kinds);
    // What was withdrawn is not said any more.
    await work("t10");
    const said = asking.server.requests.at(-1)?.prompt.includes("do 'scan' only when nothing");
    expect(said).toBe(heeds);
    await asking[Symbol.asyncDispose]();
  },
);

test("a run that is taken up goes on as it began, whatever was learned since, and is learned from once", async () => {
  let isAsking = true;
  const asking: Mind = {
    name: "asking",
    decide: (situation, options) =>
      isAsking && situation.steps.length === 0
        ? Promise.resolve(choose("request_approval", { question: "ok?" }))
        : searching.decide(situation, options),
  };
  const { work, trailOf, changes, episodes } = learning(asking);
  await work("slow").catch(() => {});
  isAsking = false;
  for (let n = 0; n < 5; n += 1) await work(`t${n}`);
  expect(await changes()).toHaveLength(1);
  expect((await work("slow", [true])).steps).toBe(3);
  const actions = (await trailOf("slow"))?.steps.map(({ action }) => action);
  expect(actions).toEqual(["request_approval", "scan", "index", "final_result"]);
  expect(await episodes()).toHaveLength(6);
  // Tried again after its end, it ends the same way, and teaches nothing.
  expect((await work("slow", [true])).steps).toBe(3);
  expect(await episodes()).toHaveLength(6);
});

test("what cannot be remembered does not keep an agent from its work", async () => {
  const { run, ports } = stage();
  const { tools } = world();
  const broken = {
    read: () => Promise.reject(new Error("no")),
    last: () => Promise.reject(new Error("no")),
  };
  const learner = new Learner({ ...ports, journal: broken as never, agent: "n1-x" });
  const experience = learner.experience("s");
  expect(await run({ mind: searching, tools, experience })).toMatchObject({ steps: 2 });
});
