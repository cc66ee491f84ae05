import type { Situation, Step } from "@troupe/agents";
import { expect, test } from "vitest";
import { evidenceRules } from "./evidence-rules.ts";

/** What the rules decide after these actions, each with what it found. */
function decided(...found: readonly (readonly [action: string, observation: unknown])[]) {
  const steps = found.map(([action, observation]) => ({ action, observation, ok: true }) as Step);
  const situation = { input: { path: "people.csv" }, steps } as Partial<Situation> as Situation;
  for (const rule of evidenceRules) {
    const decision = rule(situation);
    if (decision !== undefined) return decision;
  }
  return undefined;
}

const file = { path: "people.csv", format: "csv", bytes: 4096, sha256: "0" };
const column = { type: "VARCHAR", nulls: 0, distinct: 100, min: null, max: null };
const analysed = (columns: readonly object[]) =>
  ["analyze_schema", { ...file, table: "read.parquet", rows: 100, columns }] as const;
const people = analysed([
  { ...column, name: "id" },
  { ...column, name: "email", nulls: 5, distinct: 90 },
  { ...column, name: "nickname", nulls: 60, distinct: 20 },
]);
const validated = (table: string, violations: number) =>
  [
    "validate_data",
    {
      table,
      rows: 100,
      checks: [{ column: "email", rule: "not_null", violations }],
      score: 1 - violations / 100,
    },
  ] as const;
const transformed = ["transform_data", { table: "kept.parquet", first: [] }] as const;

test("a file is looked at first", () => {
  expect(decided()).toMatchObject({ action: "analyze_schema", input: { path: "people.csv" } });
});

test("what nearly all rows keep to is checked, once for each table", () => {
  expect(decided(people)).toMatchObject({
    action: "validate_data",
    input: {
      table: "read.parquet",
      checks: [
        { column: "id", rule: "not_null" },
        { column: "id", rule: "unique" },
        { column: "email", rule: "not_null" },
      ],
    },
  });
  const again = decided(people, validated("read.parquet", 5), transformed);
  expect(again).toMatchObject({ action: "validate_data", input: { table: "kept.parquet" } });
});

test("rows that break a check are left out, and without such rows nothing is", () => {
  expect(decided(people, validated("read.parquet", 5))).toMatchObject({
    action: "transform_data",
    input: {
      sql: 'SELECT * FROM data WHERE "id" IS NOT NULL AND "email" IS NOT NULL QUALIFY row_number() OVER (PARTITION BY "id") = 1',
      sources: { data: "read.parquet" },
    },
  });
  expect(decided(people, validated("read.parquet", 0))).toMatchObject({
    action: "route_pipeline",
    input: { score: 1 },
  });
});

test("a file that suggests no checks is not checked, and counts as keeping all of them", () => {
  const empty = analysed([{ ...column, name: "nickname", nulls: 60, distinct: 20 }]);
  expect(decided(empty)).toMatchObject({ action: "route_pipeline", input: { score: 1 } });
});

test("where it belongs is the result, with the table as it is by then", () => {
  const route = ["route_pipeline", { route: "publish", because: "1 of the rules are kept" }];
  const done = [people, validated("read.parquet", 5), transformed, validated("kept.parquet", 0)];
  const decision = decided(...done, route as [string, unknown]);
  expect(decision?.input).toEqual({
    result: { route: "publish", table: "kept.parquet", because: "1 of the rules are kept" },
  });
});
