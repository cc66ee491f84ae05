import { readdirSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";
import { expectNothingTwice } from "./deployment/once.ts";

const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 3, sources: [samples] });
}, 120_000);
afterAll(() => deployment?.stop());

test("a goal ends although its coordinator's node is killed, and no finished task runs again", async () => {
  const source = join(samples, "movies.json");
  await deployment.client.submit({ id: "orphan", kind: "clean", source });
  const before = await deployment.follow("orphan", ({ record }) => record.type === "planned");
  const accepted = before[0]?.record;
  if (accepted?.type !== "accepted") throw new Error("the first event is not the acceptance");
  await deployment.kill(accepted.node);
  const events = await deployment.follow("orphan");
  const records = events.map(({ record }) => record);
  expect(records.at(-1)).toMatchObject({ type: "finished" });
  expect(records.filter(({ type }) => type === "resumed").length).toBeGreaterThan(0);
  expectNothingTwice(records);
  await deployment.startNode(accepted.node);
});

test("a task whose agent's node is killed is awarded to another", async () => {
  const source = join(samples, "movies.json");
  await deployment.client.submit({ id: "bereft", kind: "clean", source });
  const before = await deployment.follow("bereft", ({ record }) => record.type === "awarded");
  const awarded = before.map(({ record }) => record).find(({ type }) => type === "awarded");
  if (awarded?.type !== "awarded") throw new Error("nothing was awarded");
  const node = awarded.winner.split("/")[0] ?? "";
  await deployment.kill(node);
  const events = await deployment.follow("bereft");
  const records = events.map(({ record }) => record);
  expect(records.at(-1)).toMatchObject({ type: "finished" });
  expectNothingTwice(records);
  await deployment.startNode(node);
});

test("what a killed node spilled is removed when another starts, and what living ones spill is not", async () => {
  const spilledBy = (node: string) =>
    readdirSync(join(deployment.directory, "data", "spill")).filter((name) =>
      name.startsWith(`spill-${node}-`),
    ).length;
  await deployment.kill("n3");
  expect(spilledBy("n3")).toBe(1);
  await deployment.startNode("n4");
  expect(["n1", "n2", "n3", "n4"].map(spilledBy)).toEqual([1, 1, 0, 1]);
});
