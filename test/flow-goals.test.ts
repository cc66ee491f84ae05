import { once } from "node:events";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { flowResultSchema, type GoalRecord, reportResultSchema } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";
import { expectNothingTwice } from "./deployment/once.ts";

const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 3, sources: [samples] });
}, 120_000);
afterAll(() => deployment?.stop());

async function recordsOf(goal: string): Promise<readonly GoalRecord[]> {
  return (await deployment.follow(goal)).map(({ record }) => record);
}

test("a flow goes on where it stood when its coordinator's node is killed", async () => {
  const flow = {
    tasks: [
      { id: "part", type: "wait", copies: 120, input: { ms: 20 } },
      { id: "count", type: "pass", input: { all: { $from: "part" } }, dependsOn: ["part"] },
    ],
  };
  await deployment.client.submit({ id: "many", kind: "flow", ...flow });
  const begun = await deployment.follow("many", ({ record }) => record.type === "task-done");
  const accepted = begun[0]?.record;
  if (accepted?.type !== "accepted") throw new Error("the first event is not the acceptance");
  await deployment.kill(accepted.node);
  const records = await recordsOf("many");
  expectNothingTwice(records);
  const end = records.at(-1);
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  const result = flowResultSchema.parse(end.result);
  expect(result).toMatchObject({ done: 121, failed: 0, skipped: 0 });
  expect((result.results["count"] as { all: unknown[] }).all).toHaveLength(120);
  await deployment.startNode(accepted.node);
});

test("a goal waits for approval while every node is replaced, and goes on with the answer", async () => {
  await deployment.client.submit({
    id: "asking",
    kind: "flow",
    tasks: [
      { id: "prepare", type: "pass", input: { ready: true } },
      { id: "ask", type: "approval", input: { question: "go on?" }, dependsOn: ["prepare"] },
      { id: "act", type: "pass", input: { by: { $from: "ask", at: "by" } }, dependsOn: ["ask"] },
    ],
  });
  await deployment.follow("asking", ({ record }) => record.type === "suspended");
  const names = [...deployment.nodes.keys()];
  const ends = [...deployment.nodes.values()].map((node) => once(node, "exit"));
  await Promise.all(names.map((name) => deployment.kill(name)));
  await Promise.all(ends);
  await Promise.all(names.map((name) => deployment.startNode(name)));

  const view = await deployment.client.show("asking");
  expect(view).toMatchObject({ suspended: true, approvals: 1 });
  await deployment.client.approve("asking", { task: "ask", approved: true, by: "ann" });
  const end = (await recordsOf("asking")).at(-1);
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  expect(flowResultSchema.parse(end.result).results).toEqual({ act: { by: "ann" } });
  await expect(
    deployment.client.approve("asking", { task: "ask", approved: true, by: "bob" }),
  ).rejects.toMatchObject({ code: "goal-ended" });
});

test("a goal that is asleep can be cancelled", async () => {
  const tasks = [{ id: "ask", type: "approval" }];
  await deployment.client.submit({ id: "dozing", kind: "flow", tasks });
  await deployment.follow("dozing", ({ record }) => record.type === "suspended");
  await deployment.client.cancel("dozing", "not any more");
  expect((await recordsOf("dozing")).at(-1)).toEqual({
    type: "cancelled",
    reason: "not any more",
  });
});

test("a flow that cannot run is refused with everything that is wrong with it", async () => {
  const tasks = [
    { id: "a", type: "explode" },
    { id: "b", type: "wait", input: { ms: -1 } },
  ];
  await expect(deployment.client.submit({ id: "bad", kind: "flow", tasks })).rejects.toMatchObject({
    message: expect.stringMatching(/tasks\.0\.type.*tasks\.1\.input\.ms/s),
  });
});

test("a market report is made from real files, and what one section lacks is said in it", async () => {
  const file = (name: string) => join(samples, name);
  await deployment.client.submit({
    id: "market",
    kind: "report",
    title: "Cars and films",
    output: "market",
    sources: { cars: file("cars.json"), movies: file("movies.json"), stocks: file("stocks.csv") },
    sections: [
      {
        id: "power",
        title: "Power by origin",
        query:
          "SELECT Origin, avg(Horsepower) AS power FROM cars GROUP BY Origin ORDER BY power DESC",
        chart: { type: "bar", x: "Origin", y: "power" },
      },
      {
        id: "prices",
        title: "Prices over time",
        query: "SELECT date, symbol, price FROM stocks ORDER BY date",
        chart: { type: "line", x: "date", y: "price", color: "symbol" },
      },
      {
        id: "genres",
        title: "Films by genre",
        query:
          'SELECT "Major Genre" AS genre, count(*) AS films FROM movies GROUP BY 1 ORDER BY films DESC',
        chart: { type: "bar", x: "genre", y: "films" },
      },
      {
        id: "spread",
        title: "Weight and consumption",
        query: "SELECT Weight_in_lbs AS weight, Miles_per_Gallon AS mpg FROM cars ORDER BY 1, 2",
        chart: { type: "scatter", x: "weight", y: "mpg" },
      },
      {
        id: "forecast",
        title: "Next year",
        query: "SELECT no_such_column FROM stocks",
        optional: true,
      },
    ],
  });
  const records = await recordsOf("market");
  expectNothingTwice(records);
  const end = records.at(-1);
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  expect(end.partial).toBe(true);
  const result = reportResultSchema.parse(end.result);
  const whole = result.sections.filter(({ missing }) => missing.length === 0);
  expect(whole.map(({ id }) => id)).toEqual(["power", "prices", "genres", "spread"]);
  expect(whole.every(({ hasChart }) => hasChart)).toBe(true);
  const forecast = result.sections.find(({ id }) => id === "forecast");
  expect(forecast?.missing.join()).toContain("no_such_column");
  const html = readFileSync(join(result.folder, "report.html"), "utf8");
  expect(html).toContain("no_such_column");
  expect(html.match(/data:image\/svg\+xml/g)).toHaveLength(4);
});

test("a report without sections finds out by itself what is worth asking", async () => {
  const source = join(deployment.inbox, "sales.csv");
  const rows = Array.from(
    { length: 60 },
    (_, day) =>
      `2024-0${1 + Math.floor(day / 28)}-${String(1 + (day % 28)).padStart(2, "0")},${["north", "south"][day % 2]},${100 + day * 3}`,
  );
  writeFileSync(source, ["day,region,revenue", ...rows].join("\n"));
  await deployment.client.submit({
    id: "own",
    kind: "report",
    title: "Sales",
    sources: { sales: source },
  });
  const end = (await recordsOf("own")).at(-1);
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  const { sections } = reportResultSchema.parse(end.result);
  expect(sections.length).toBeGreaterThan(2);
  expect(sections.some(({ findings }) => findings > 0)).toBe(true);
});
