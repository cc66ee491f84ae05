import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Engine, openEngine } from "@troupe/data";
import { cleanKind, cleanResultSchema, replayGoal } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";

let deployment: Deployment;
let engine: Engine;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 2 });
  engine = await openEngine({ readable: [deployment.directory], workspace: deployment.directory });
}, 120_000);
afterAll(async () => {
  await engine?.close();
  await deployment?.stop();
});

/** Publishes what a supplier sent as a version of `parts`. */
async function submit(id: string, lines: readonly string[], over: object = {}): Promise<void> {
  const source = join(deployment.inbox, `${id}.csv`);
  writeFileSync(source, `${lines.join("\n")}\n`);
  await deployment.client.submit({ id, kind: "clean", source, output: "parts", ...over });
}

const endOf = async (id: string) => (await deployment.follow(id)).at(-1)?.record;
async function resultOf(id: string) {
  const end = await endOf(id);
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  return cleanResultSchema.parse(end.result);
}

const names = ["bolt", "nut", "screw", "washer", "pin", "clip"];
const first = ["part,pieces,colour", ...names.map((name, at) => `${name},${at * 10},red`)];
const second = [
  "part_name,pieces",
  ...names.map((name, at) => `${name},${at * 10}`),
  ...["ring", "cap", "tube", "wire"].map((name, at) => `${name},${at}`),
];

test("a version whose file has changed is refused, allowed by people, or adapted to, as its goal says", async () => {
  await submit("parts-1", first);
  expect(await resultOf("parts-1")).not.toHaveProperty("drift");

  await submit("parts-2", second);
  const refused = await endOf("parts-2");
  expect(refused).toMatchObject({ type: "failed", error: { code: "schema-drift" } });
  const { message } = refused?.type === "failed" ? refused.error : { message: "" };
  expect(message).toContain("'parts.colour' is gone");
  expect(message).toContain("'onDrift'");

  await submit("parts-3", second, { onDrift: "ask" });
  const asked = await deployment.follow("parts-3", ({ record }) => record.type === "suspended");
  const request = asked.find(({ record }) => record.type === "approval-requested")?.record;
  expect(request).toMatchObject({
    question: expect.stringMatching(
      /'parts.part' is called 'part_name' now.*'parts.colour' is gone/,
    ),
  });
  const task = request?.type === "approval-requested" ? request.task : "";
  await deployment.client.approve("parts-3", { task, approved: true, by: "ada" });
  const allowed = await resultOf("parts-3");
  expect(allowed.columns).toEqual([
    { name: "part", type: "text", from: "part_name" },
    { name: "pieces", type: "integer" },
  ]);
  const replay = await replayGoal("parts-3", await deployment.follow("parts-3"), cleanKind);
  expect(replay.steps.filter(({ verdict }) => verdict === "different")).toEqual([]);

  await submit(
    "parts-4",
    first.map((line) => line.replace(/[^,]*$/, "big")),
  );
  const adapted = await resultOf("parts-4");
  expect(adapted.drift?.schema).toMatchObject([{ kind: "added" }]);
  expect(adapted.columns.map(({ name }) => name)).toEqual(["part", "pieces", "big"]);
}, 240_000);

test("a column that a file has no more stays without values, and lineage leads to none", async () => {
  await submit("bare-1", first, { output: "bare" });
  await resultOf("bare-1");
  await submit("bare-2", second, { output: "bare", onDrift: { removed: "null" } });
  const { files, columns, rows } = await resultOf("bare-2");
  expect(rows).toMatchObject({ source: 10, kept: 10 });
  expect(columns).toContainEqual({ name: "colour", type: "text", from: null });
  const found = await engine.rows(
    `SELECT part, colour FROM read_parquet('${files.data}') WHERE part = 'tube'`,
  );
  expect(found).toEqual([{ part: "tube", colour: null }]);
  const lineage = JSON.parse(readFileSync(files.lineage, "utf8"));
  const { fields } = lineage.outputs[0].facets.columnLineage;
  expect(fields.part.inputFields).toMatchObject([{ field: "part_name" }]);
  expect(fields.colour.inputFields).toEqual([]);
  expect(readFileSync(files.report, "utf8")).toContain("'colour' is gone, and has no values");
}, 120_000);
