import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { type ColumnSchema, type Engine, openEngine, parquet } from "../index.ts";
import { deduplicateDataset } from "./deduplicate.ts";

let directory: string;
let engine: Engine;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "troupe-deduplicate-"));
  engine = await openEngine({ readable: [], workspace: directory, threads: 2 });
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});

const column = (name: string, type: ColumnSchema["type"]): ColumnSchema => ({
  ...{ name, type, nullable: true, placeholders: [], confidence: 1, evidence: "seen" },
});

/** Numbers of the rows that are kept of a query's, and how many are not. */
async function kept(name: string, query: string, schema: readonly ColumnSchema[]) {
  const input = join(directory, `${name}.parquet`);
  await engine.writeParquet(query, input);
  const output = join(directory, `${name}-kept.parquet`);
  const version = await deduplicateDataset(engine, { input, output, schema, attempt: "1" });
  const rows = await engine.rows(`SELECT _row::DOUBLE AS n FROM ${parquet(output)}`);
  expect(version).toMatchObject({ output, rows: rows.length });
  return { rows: rows.map(({ n }) => Number(n)), duplicates: version.duplicates };
}

test("of rows that are equal in every column the first stays, also where nothing stands in them", async () => {
  const rows = `SELECT * FROM (VALUES (1, 'a', 1.5), (2, NULL, NULL), (3, 'a', 1.5), (4, 'a', NULL), (5, NULL, NULL),
    (6, '', NULL), (7, 'A', 1.5), (8, 'a', 1.5), (9, 'z', 0.0), (10, 'z', '-0.0'::DOUBLE)) AS t(_row, name, x)`;
  const schema = [column("name", "text"), column("x", "decimal")];
  expect(await kept("few", rows, schema)).toEqual({ rows: [1, 2, 4, 6, 7, 9], duplicates: 4 });
});

test("many rows keep their order, whatever is repeated where", async () => {
  const rows = `SELECT n + 1 AS _row, CASE WHEN n % 1000 = 7 THEN 'again' ELSE 'row ' || n END AS name, (n % 1000 = 7)::INTEGER AS k
    FROM range(300000) AS t(n)`;
  const { rows: found, duplicates } = await kept("many", rows, [
    column("name", "text"),
    column("k", "integer"),
  ]);
  expect(duplicates).toBe(299);
  expect(found).toHaveLength(299_701);
  expect(found.every((row, at) => at === 0 || row > (found[at - 1] ?? 0))).toBe(true);
});
