import { expect, test } from "vitest";
import { z } from "zod";
import { modelMind } from "../react/model-mind.ts";
import { rulesMind } from "../react/rules-mind.ts";
import { choose, finish, lengthTool, stage } from "../react/running.test-data.ts";
import { scripted } from "../react/scripted.test-data.ts";
import type { Step } from "../react/step.ts";
import { askingModel } from "../reasoner/asking.test-data.ts";
import { defineTool, type Tool } from "../tool.ts";
import { assessReasoning } from "./assess-reasoning.ts";

const step = (input: unknown, observation: unknown, quality = 1): Step => ({
  ...choose("length", input),
  ok: quality > 0,
  observation,
  quality,
  durationMs: 1,
});

test("rules that would go round in circles to the last step are made to do something else", async () => {
  const { run, trail } = stage();
  const { tool } = lengthTool();
  const mind = rulesMind([() => choose("length", { text: "again" }), () => finish("another way")]);
  const ended = await run({ mind, tools: [tool] });
  expect(ended).toMatchObject({ result: "another way", steps: 3, interventions: 1 });
  const types = (await trail()).map((one) => one.record?.type ?? one.type);
  expect(types.filter((type) => type === "intervened")).toHaveLength(1);
});

test("a model that repeats itself is told so, and may not do it again", async () => {
  const asking = await askingModel(({ prompt }) => {
    const isWarned = prompt.includes("you repeat 2 step(s)");
    const next = prompt.split('"observation"').length % 2 === 0 ? "a" : "bb";
    return { text: JSON.stringify(isWarned ? finish("out") : choose("length", { text: next })) };
  });
  const { run } = stage();
  const { tool, ran } = lengthTool();
  const ended = await run({ mind: modelMind(asking.reasoner), tools: [tool] });
  expect(ended).toMatchObject({ result: "out", steps: 4, interventions: 1 });
  expect(ran).toHaveLength(4);
  await asking[Symbol.asyncDispose]();
});

test("a model that does not heed it is stopped long before its last step", async () => {
  const asking = await askingModel(() => ({
    text: JSON.stringify(choose("length", { text: "a" })),
  }));
  const { run } = stage();
  const { tool, ran } = lengthTool();
  const limits = { maxSteps: 100 };
  const stopped = run({ mind: modelMind(asking.reasoner), tools: [tool], limits });
  await expect(stopped).rejects.toMatchObject({ code: "agent-unusable" });
  expect(ran).toHaveLength(3);
  await asking[Symbol.asyncDispose]();
});

test("an agent that is stuck again and again is stopped", async () => {
  const { run } = stage();
  const { tool, ran } = lengthTool();
  // It finds another circle whenever it is kept from one.
  const texts = ["a", "a", "a", "b", "b", "b", "c", "c", "c"];
  const { mind } = scripted(texts.map((text) => choose("length", { text })));
  const stopped = run({ mind, tools: [tool], limits: { maxSteps: 100 } });
  await expect(stopped).rejects.toMatchObject({ code: "agent-stuck", retryable: false });
  expect(ran).toHaveLength(9);
});

test("an agent that goes to and fro between two actions is interrupted when it has seen both twice", async () => {
  const { run, trail } = stage();
  const { tool, ran } = lengthTool();
  const mind = rulesMind([
    ({ steps, banned }) =>
      banned.size === 0
        ? choose("length", { text: steps.length % 2 === 0 ? "a" : "bb" })
        : undefined,
    ({ advice }) => finish(advice),
  ]);
  const ended = await run({ mind, tools: [tool], limits: { maxSteps: 50 } });
  expect(ended).toMatchObject({ steps: 4, interventions: 1 });
  expect(ended.result).toEqual(["you repeat 2 step(s) and see the same again"]);
  expect(ran).toHaveLength(4);
  const [intervened] = (await trail()).filter(({ record }) => record.type === "intervened");
  expect(intervened.record.banned).toHaveLength(2);
});

test.for([
  ["every page says something else", (page: number) => ({ rows: [page] })],
  ["all pages look the same", () => ({ rows: 100 })],
  ["pages take turns", (page: number) => ({ odd: page % 2 })],
] as const)("an agent that reads page after page is left alone, when %s", async ([, read]) => {
  const { run } = stage();
  const pages = defineTool({
    type: "page",
    purpose: "reads one page",
    input: z.strictObject({ page: z.number() }),
    run: async ({ page }) => read(page),
  }) as Tool;
  const { mind } = scripted([
    ...Array.from({ length: 40 }, (_, page) => choose("page", { page })),
    finish("read"),
  ]);
  const ended = await run({ mind, tools: [pages], limits: { maxSteps: 50 } });
  expect(ended).toMatchObject({ result: "read", steps: 40, interventions: 0 });
});

test("an agent that fails in ever new ways is told so, and may do none of it again", async () => {
  const { run, trail } = stage();
  const { tool } = lengthTool();
  const failing = {
    ...tool,
    run: async (_: unknown, { task }: { task: string }) => {
      throw new Error(`no luck with ${task}`);
    },
  };
  const mind = rulesMind([
    ({ steps, advice }) =>
      advice.length === 0 ? choose("length", { text: `${steps.length}` }) : undefined,
    ({ advice }) => finish(advice),
  ]);
  const ended = await run({ mind, tools: [failing], limits: { maxSteps: 50 } });
  expect(ended).toMatchObject({ steps: 3, interventions: 1 });
  expect(ended.result).toContain(
    "your last actions all failed: read their errors, or end with what you know",
  );
  const [intervened] = (await trail()).filter(({ record }) => record.type === "intervened");
  expect(intervened.record.banned).toHaveLength(3);
});

test("asking the same and seeing something else is no circle", () => {
  const polling = [1, 2, 3, 4].map((seen) => step({ text: "a" }, seen));
  expect(assessReasoning(polling)).toMatchObject({ circle: [], progress: 1, isPoor: false });
});

test("patterns of one, two and three steps are found, by what was done and seen", () => {
  const [a, b, c] = ["a", "b", "c"].map((text) => step({ text }, text)) as [Step, Step, Step];
  expect(assessReasoning([a, a]).circle).toEqual([]);
  expect(assessReasoning([a, a, a]).circle).toHaveLength(1);
  expect(assessReasoning([b, a, b, a]).circle).toHaveLength(2);
  expect(assessReasoning([a, b, c, a, b, c]).circle).toHaveLength(3);
  expect(assessReasoning([a, b, c, a, b]).circle).toEqual([]);
});

test("scores say how it goes: unknown at first, high with news, low when all fails", () => {
  expect(assessReasoning([step(1, 1)]).score).toBe(0.5);
  expect(assessReasoning([step(1, 1), step(2, 2)]).score).toBe(1);
  const failing = [1, 2, 3].map((n) => step(n, { error: `e${n}` }, 0));
  expect(assessReasoning(failing)).toMatchObject({ circle: [], progress: 0, quality: 0 });
  expect(assessReasoning(failing).recommendations).toContain(
    "your last actions all failed: read their errors, or end with what you know",
  );
  const worse = [1, 1, 1, 0.5, 0.5, 0.5].map((quality, n) => step(n, n, quality));
  expect(assessReasoning(worse).trend).toBe("falling");
  expect(assessReasoning([...worse].reverse()).trend).toBe("rising");
});
