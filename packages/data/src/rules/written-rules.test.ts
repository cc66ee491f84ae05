import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import {
  adoptRules,
  checkQuality,
  describeSource,
  type Engine,
  inferRules,
  inspectSource,
  openEngine,
  parseWrittenRules,
  profileSource,
  proposeSchema,
  RuleInvalidError,
  stageDataset,
  validateColumn,
} from "../index.ts";

let engine: Engine;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "troupe-rules-"));
  mkdirSync(join(directory, "work"));
  engine = await openEngine({ readable: [directory], workspace: join(directory, "work") });
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});

async function staged(name: string, lines: readonly string[]) {
  const path = join(directory, `${name}.csv`);
  writeFileSync(path, lines.join("\n"));
  const counted = await profileSource(engine, await describeSource(path, [directory]));
  const profile = { ...counted, faults: [...(await inspectSource(engine, counted))] };
  const schema = await proposeSchema(engine, profile, "values", 7);
  const output = join(directory, "work", `${name}.parquet`);
  const quarantine = join(directory, "work", `${name}-q.parquet`);
  const version = await stageDataset(engine, { profile, schema, output, quarantine, attempt: "1" });
  return { profile, schema, input: version.output };
}

const people = ["name,age,height", "Ann,31,170", "Bob,-4,180", "Cid,40,1.75", "Dee,,165"];

async function adopt(rules: readonly object[]) {
  const { schema, input } = await staged("people", people);
  const written = parseWrittenRules(JSON.stringify({ rules }), "rules");
  return { input, rules: await adoptRules(engine, written, schema) };
}

test("a rule that somebody wrote is held against every row, and rows without a value pass", async () => {
  const { input, rules } = await adopt([
    { id: "age", column: "age", expression: "age BETWEEN 0 AND 120", severity: "block", weight: 3 },
    { id: "height", column: "height", expression: "height > 50", atMost: 0.25 },
  ]);
  const quality = await checkQuality(engine, { input, rules, referenceTime: 0 });
  expect(quality.findings).toMatchObject([
    { rule: "age", violations: 1, severity: "block", examples: [{ row: 2, value: "-4" }] },
  ]);
  // One row of four breaks a rule that weighs three of four.
  expect(quality.score).toBe(81.25);
});

test("rows that break a blocking rule are set aside with the reason, and no others", async () => {
  const { input, rules } = await adopt([
    {
      id: "age",
      column: "age",
      expression: "age >= 0",
      severity: "block",
      why: "nobody is younger",
    },
  ]);
  const { findings } = await checkQuality(engine, { input, rules, referenceTime: 0 });
  const [finding] = findings;
  if (finding === undefined) throw new Error("nothing was found");
  const output = join(directory, "work", "kept.parquet");
  const quarantine = join(directory, "work", "aside.parquet");
  const version = await validateColumn(engine, {
    input,
    output,
    quarantine,
    finding,
    referenceTime: 0,
    attempt: "1",
  });
  expect(version).toMatchObject({ rows: 3, quarantined: 1 });
  const rows = await engine.rows(
    `SELECT _row::DOUBLE AS r, reason FROM read_parquet('${quarantine}')`,
  );
  expect(rows).toEqual([{ r: 2, reason: expect.stringContaining("nobody is younger") }]);
  const again = await checkQuality(engine, { input: output, rules, referenceTime: 0 });
  expect(again.findings).toEqual([]);
});

test("rows that the inspection is sure of are a rule, which the gate enforces", async () => {
  const lines = Array.from({ length: 60 }, (_, at) => `p${at},${40 + at / 10},${-70 - at / 10}`);
  lines[10] = "p10,140.5,-71";
  const { profile, schema, input } = await staged("places", ["name,lat,lon", ...lines]);
  const rules = inferRules(profile, schema);
  const quality = await checkQuality(engine, { input, rules, referenceTime: 0 });
  expect(quality.findings).toMatchObject([
    { kind: "faulty-rows", severity: "block", violations: 1, examples: [{ row: 11 }] },
  ]);
});

test.for([
  [
    "an unknown column",
    { expression: "weight > 1" },
    /weight.*columns are 'name', 'age', 'height'/s,
  ],
  ["a column to name that is not there", { column: "x" }, /no column 'x'; there are 'name'/],
  ["a file", { expression: "age IN (SELECT 1 FROM 'secret.csv')" }, /reads 'secret.csv'/],
  [
    "a second statement",
    { expression: "true) AS a; DROP TABLE x; SELECT (1" },
    /statements|no SELECT|SQL/,
  ],
  ["a setting", { expression: "current_setting('threads') > 0" }, /current_setting/],
  ["what is no SQL", { expression: "age >" }, /age/],
] as const)("a rule that asks for %s is refused by name", async ([, rule, why]) => {
  const adopted = adopt([{ id: "bad", column: "age", expression: "true", ...rule }]);
  await expect(adopted).rejects.toBeInstanceOf(RuleInvalidError);
  await expect(adopted).rejects.toThrow(why);
  await expect(adopted).rejects.toThrow("'bad'");
});
