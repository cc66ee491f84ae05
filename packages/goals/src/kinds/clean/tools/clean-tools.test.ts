import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noTracer } from "@troupe/actor";
import type { Job, Tool } from "@troupe/agents";
import {
  describeSource,
  type Engine,
  type InspectionRuleId,
  openEngine,
  profileSchema,
  profileSource,
  proposeSchema,
  type Version,
} from "@troupe/data";
import { afterAll, beforeAll, expect, test } from "vitest";
import { partitionSchema } from "../../../parts/partition.ts";
import { cleanTools } from "./clean-tools.ts";

const alone = partitionSchema.parse({});

let folder = "";
let engine: Engine;
let source = "";
beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), "troupe-clean-tools-"));
  engine = await openEngine({ readable: [folder], workspace: folder });
  source = join(folder, "visits.csv");
  const lines = Array.from({ length: 2000 }, (_, at) => {
    const visits = at % 250 === 3 ? "many" : String(at % 35);
    return `p${at % 70},${visits},${at % 7},a${at % 5},b${at % 5},c${at % 5}`;
  });
  writeFileSync(source, ["person,visits,day,x,y,z", ...lines].join("\n"));
});
afterAll(async () => {
  await engine.close();
  rmSync(folder, { recursive: true, force: true });
});

function toolOf(type: string, rulesOff: readonly InspectionRuleId[] = []): Tool {
  const tools = cleanTools({
    rulesOff,
    node: "n1",
    engine,
    readable: [folder],
    workspace: folder,
    datasets: join(folder, "datasets"),
  });
  const tool = tools.find((one) => one.type === type);
  if (tool === undefined) throw new Error(`there is no tool '${type}'`);
  return tool;
}

/** Runs a tool as an agent would, once for each goal. */
async function run(goal: string, type: string, input: unknown): Promise<Version> {
  const tool = toolOf(type);
  const signal = new AbortController().signal;
  const job = { goal, task: type, attempt: 1, signal, span: noTracer.start(type) } as Job;
  return (await tool.run(input, job)) as Version;
}

test("rules that the goal or the node switches off are not looked for, and the profile names them", async () => {
  const job = (goal: string) =>
    ({
      goal,
      task: "profile",
      attempt: 1,
      signal: new AbortController().signal,
      span: noTracer.start("profile"),
    }) as Job;
  const input = { path: source, partition: alone };
  const off = { off: ["unreadable"] } as const;
  const rulesOf = async (facts: Promise<unknown>) => {
    const { faults = [], rulesOff } = profileSchema.parse(await facts);
    return { found: faults.some(({ rule }) => rule === "unreadable"), rulesOff };
  };
  const whole = toolOf("profile");
  expect(await rulesOf(whole.run(input, job("whole")))).toEqual({ found: true });
  const byGoal = whole.run({ ...input, quality: off }, job("by-goal"));
  expect(await rulesOf(byGoal)).toEqual({ found: false, rulesOff: ["unreadable"] });
  const node = toolOf("profile", ["unreadable"]);
  const byNode = node.run(input, job("by-node"));
  expect(await rulesOf(byNode)).toEqual({ found: false, rulesOff: ["unreadable"] });
  // What others found is not this node's result.
  expect(node.cache?.version).not.toBe(whole.cache?.version);
});

test("what is found out about a file with a cell of megabytes can be told", async () => {
  const path = join(folder, "huge.csv");
  writeFileSync(path, `id,text\n1,${"x".repeat(3_000_000)}\n2,small\n3,small\n`);
  const facts = profileSchema.parse(await run("huge", "profile", { path, partition: alone }));
  expect(facts.columns[1]).toMatchObject({ distinct: 2, top: [{ value: "small", rows: 2 }] });
  expect(facts.faults).not.toEqual([]);
  expect(JSON.stringify(facts).length).toBeLessThan(20_000);
});

test("a file that is not in UTF-8 is read from a copy in the goal's folder, also with little memory", async () => {
  const path = join(folder, "windows.csv");
  writeFileSync(path, Buffer.from("name,n\nJos\xe9,1\nZo\xeb,2\nAnna,3\n", "latin1"));
  const profile = profileSchema.parse(await run("encoded", "profile", { path, partition: alone }));
  expect(profile.source).toMatchObject({ path, encoding: "windows-1252" });
  expect(profile.source.utf8?.path.startsWith(join(folder, "encoded"))).toBe(true);
  const schema = await proposeSchema(engine, profile, "values", 7);
  // Its result is of this goal alone, since it names the copy.
  const { cache } = toolOf("profile");
  expect(await cache?.files?.({ path, partition: alone })).toBeUndefined();
  expect(await cache?.files?.({ path: source, partition: alone })).toBeDefined();
  const { output } = await run("encoded", "stage-sparing", { profile, schema });
  expect((await rowsOf(output)).map(({ name }) => name)).toEqual(["José", "Zoë", "Anna"]);
});

test("a file of JSON with a broken record is read from a copy in the goal's folder, and is not kept for other goals", async () => {
  const sound = join(folder, "sound.json");
  const records = ["a", "b", "c"].map((name) => `{"name": "${name}"}`);
  writeFileSync(sound, `[${records}]`);
  const path = join(folder, "broken.json");
  writeFileSync(path, `[${records.with(1, '{"name": b}')}]`);
  const profile = profileSchema.parse(await run("broken", "profile", { path, partition: alone }));
  expect(profile.source.mended?.path.startsWith(join(folder, "broken"))).toBe(true);
  const { cache } = toolOf("profile");
  expect(await cache?.files?.({ path, partition: alone })).toBeUndefined();
  expect(await cache?.files?.({ path: sound, partition: alone })).toBeDefined();
  const schema = await proposeSchema(engine, profile, "values", 7);
  const { output } = await run("broken", "stage-sparing", { profile, schema });
  expect((await rowsOf(output)).map(({ name }) => name)).toEqual(["a", null, "c"]);
});

test("several files are staged from their copy with little memory, and are not kept for other goals", async () => {
  const paths = ["a", "b"].map((name) => join(folder, `several-${name}.csv`));
  for (const [at, path] of paths.entries()) writeFileSync(path, `name,n\nrow ${at},${at}\n`);
  const path = join(folder, "several-*.csv");
  const profile = profileSchema.parse(await run("several", "profile", { path, partition: alone }));
  expect(profile.source.landed?.startsWith(join(folder, "several"))).toBe(true);
  const { cache } = toolOf("profile");
  expect(await cache?.files?.({ path, partition: alone })).toBeUndefined();
  expect(await cache?.files?.({ path: paths, partition: alone })).toBeUndefined();
  const schema = await proposeSchema(engine, profile, "values", 7);
  const { output } = await run("several", "stage-sparing", { profile, schema });
  expect((await rowsOf(output)).map(({ name }) => name)).toEqual(["row 0", "row 1"]);
});

const rowsOf = (path: string) => engine.rows(`SELECT * FROM read_parquet('${path}') ORDER BY _row`);

test("with little memory a source is staged, and its rows compared, as they are with much", async () => {
  const profile = await profileSource(engine, await describeSource(source, [folder]));
  const agreed = await proposeSchema(engine, profile, "values", 7);
  const schema = agreed.map((column) =>
    column.name === "visits" ? { ...column, type: "integer" as const } : column,
  );
  const [usual, sparing] = [
    await run("whole", "stage", { profile, schema }),
    await run("whole", "stage-sparing", { profile, schema }),
  ];
  expect(sparing).toMatchObject({ rows: usual.rows, quarantined: 8, reasons: usual.reasons });
  expect(await rowsOf(sparing.output)).toEqual(await rowsOf(usual.output));
  expect(await rowsOf(sparing.quarantine ?? "")).toEqual(await rowsOf(usual.quarantine ?? ""));
  const [single, spared] = [
    await run("whole", "deduplicate", { input: usual.output, schema }),
    await run("whole", "deduplicate-sparing", { input: sparing.output, schema }),
  ];
  expect(spared.duplicates).toBeGreaterThan(0);
  expect(spared).toMatchObject({ rows: single.rows, duplicates: single.duplicates });
  expect(await rowsOf(spared.output)).toEqual(await rowsOf(single.output));
});

test("rows of a version in parts are compared with little memory as well", async () => {
  const profile = await profileSource(engine, await describeSource(source, [folder]));
  const schema = await proposeSchema(engine, profile, "values", 7);
  const { output } = await run("parts", "stage", { profile, schema, partRows: 300 });
  const [single, spared] = [
    await run("parts", "deduplicate", { input: output, schema }),
    await run("parts", "deduplicate-sparing", { input: output, schema }),
  ];
  expect(output).toMatch(/-parts$/);
  expect(spared.duplicates).toBeGreaterThan(0);
  expect(await rowsOf(spared.output)).toEqual(await rowsOf(single.output));
});
