import { join } from "node:path";
import { expect, test } from "vitest";
import { checkSchema } from "../checks/check.ts";
import { checkTable } from "../checks/check-table.ts";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { parquet } from "../engine/sql.ts";
import { conformTable, fitTarget, remedyRows, type TableColumn, targetSchema } from "../index.ts";

const { engine, folder: directory } = await engineInFolder();

let count = 0;
const path = (name: string) => join(directory, `${count}-${name}`);

/** Brings the rows of a query into a target. */
async function conform(
  query: string,
  columns: readonly object[],
  onConflict: "quarantine" | "keep-first" | "fail" = "quarantine",
) {
  count += 1;
  await engine.writeParquet(query, path("in.parquet"));
  const described = await engine.rows(`DESCRIBE FROM ${parquet(path("in.parquet"))}`);
  const given = described.map(
    (row): TableColumn => ({ name: String(row["column_name"]), type: String(row["column_type"]) }),
  );
  const version = await conformTable(engine, {
    table: { files: [path("in.parquet")], columns: given },
    columns: fitTarget(given, targetSchema.parse({ columns })).columns,
    onConflict,
    output: path("out.parquet"),
    quarantine: path("aside.parquet"),
    attempt: "1",
  });
  const rows = await engine.rows(
    `SELECT * EXCLUDE (_row) FROM ${parquet(version.output)} ORDER BY _row`,
  );
  const aside =
    version.quarantine === undefined
      ? []
      : await engine.rows(
          `SELECT reason, "column" AS c, "value" AS v FROM ${parquet(version.quarantine)} ORDER BY v`,
        );
  return { version, rows, aside };
}

test("what can be read in the target's types is, and the rest is set aside with the reason", async () => {
  const { rows, aside, version } = await conform(
    "SELECT * FROM (VALUES ('1', 2.0, DATE '2024-01-01', 'yes'), ('x', 2.0, DATE '2024-01-01', NULL), ('3', 2.5, NULL, 'no'), (NULL, 4.0, DATE '2024-02-01', '')) t(a, b, c, d)",
    [
      { name: "a", type: "integer" },
      { name: "b", type: "integer" },
      { name: "c", type: "timestamp" },
      { name: "d", type: "text" },
      { name: "e", type: "text", default: "constant" },
    ],
  );
  expect(rows).toEqual([
    { a: "1", b: "2", c: "2024-01-01 00:00:00", d: "yes", e: "constant" },
    { a: null, b: "4", c: "2024-02-01 00:00:00", d: "", e: "constant" },
  ]);
  expect(aside).toEqual([
    { reason: "not an integer", c: "b", v: "2.5" },
    { reason: "not an integer", c: "a", v: "x" },
  ]);
  expect(version).toMatchObject({ rows: 2, quarantined: 2 });
});

test("digits of a decimal are kept, and what does not fit is set aside", async () => {
  const { rows, aside } = await conform(
    "SELECT * FROM (VALUES ('12.30'), ('123456.7'), ('1.005')) t(a)",
    [{ name: "a", type: "decimal(5,2)" }],
  );
  expect(rows.map((row) => row["a"]).sort()).toEqual(["1.01", "12.30"]);
  expect(aside).toEqual([{ reason: "not a decimal(5,2)", c: "a", v: "123456.7" }]);
});

test("a time that is no midnight is no date", async () => {
  const { rows, aside } = await conform(
    "SELECT * FROM (VALUES (TIMESTAMP '2024-01-01 00:00:00'), (TIMESTAMP '2024-01-01 10:00:00')) t(a)",
    [{ name: "a", type: "date" }],
  );
  expect(rows).toEqual([{ a: "2024-01-01" }]);
  expect(aside).toHaveLength(1);
});

const twins = "SELECT * FROM (VALUES (1, 'a'), (1, 'b'), (2, 'c'), (NULL, 'd')) t(k, v)";
const keyed = [
  { name: "k", type: "integer", key: true },
  { name: "v", type: "text" },
];

test("rows that share a key are set aside, or all but the first, and those without one are too", async () => {
  const all = await conform(twins, keyed);
  expect(all.rows.map((row) => row["v"])).toEqual(["c"]);
  expect(all.aside.map((row) => row["reason"]).sort()).toEqual([
    "several rows have the same key",
    "several rows have the same key",
    "there must be a value",
  ]);
  const first = await conform(twins, keyed, "keep-first");
  expect(first.rows.map((row) => row["v"])).toEqual(["a", "c"]);
});

test("a goal that wants no shared keys is told which there are", async () => {
  await expect(conform(twins, keyed, "fail")).rejects.toThrow(
    "2 rows share the key 'k': 1 (2 rows); aggregate or deduplicate",
  );
  await expect(conform("SELECT 1 AS k, 'a' AS v", keyed, "fail")).resolves.toMatchObject({
    version: { rows: 1 },
  });
});

test("the same rows give the same file, whatever their order", async () => {
  const one = await conform("SELECT i % 100 AS a, i AS b FROM range(1000) t(i)", [
    { name: "a", type: "integer" },
    { name: "b", type: "integer" },
  ]);
  const other = await conform(
    "SELECT i % 100 AS a, i AS b FROM range(1000) t(i) ORDER BY hash(i)",
    [
      { name: "a", type: "integer" },
      { name: "b", type: "integer" },
    ],
  );
  expect(other.rows).toEqual(one.rows);
});

test("checks blame rows that break them, and remedies answer each in its way", async () => {
  const { version } = await conform("SELECT i AS a, i * 2 AS b FROM range(10) t(i)", [
    { name: "a", type: "integer" },
    { name: "b", type: "integer" },
  ]);
  const check = checkSchema.parse({ name: "small", expect: "b < 14", column: "b" });
  const tolerant = checkSchema.parse({ name: "tolerant", expect: "b < 14", tolerate: 0.3 });
  const warning = checkSchema.parse({ name: "warning", expect: "b < 14", severity: "warn" });
  const unknown = checkSchema.parse({ name: "unknown", expect: "NULL::INTEGER < 1" });
  const place = { scratch: path("scratch"), memoryLimitMb: 64 };
  const { findings, score } = await checkTable({
    input: version.output,
    checks: [check, tolerant, warning, unknown],
    ...place,
  });
  expect(findings.map((one) => [one.check, one.violations, one.blocks])).toEqual([
    ["small", 3, true],
    ["tolerant", 3, false],
    ["warning", 3, false],
  ]);
  expect(score).toBeCloseTo(100 * (1 - 0.9 / 4), 1);
  const remedy = (how: "blank" | "set-aside" | "drop-column") =>
    remedyRows({
      input: version.output,
      check,
      remedy: how,
      output: path(`${how}.parquet`),
      quarantine: path(`${how}-aside.parquet`),
      ...place,
    });
  expect(await remedy("set-aside")).toMatchObject({ rows: 7, quarantined: 3 });
  const blank = await remedy("blank");
  expect(blank).toMatchObject({ rows: 10, quarantined: 0 });
  const [nulls] = await engine.rows(
    `SELECT (count(*) - count(b))::DOUBLE AS n FROM ${parquet(blank.output)}`,
  );
  expect(nulls?.["n"]).toBe(3);
  const dropped = await remedy("drop-column");
  const columns = await engine.rows(`DESCRIBE FROM ${parquet(dropped.output)}`);
  expect(columns.map((row) => row["column_name"])).toEqual(["_row", "a"]);
});

test("a remedy cannot reach what a query must not", async () => {
  const { version } = await conform("SELECT 1 AS a", [{ name: "a", type: "integer" }]);
  const check = checkSchema.parse({
    name: "spy",
    expect: "(SELECT count(*) FROM read_csv('/etc/passwd')) > 0",
  });
  const place = { scratch: path("scratch"), memoryLimitMb: 64 };
  await expect(
    checkTable({ input: version.output, checks: [check], ...place }),
  ).rejects.toMatchObject({
    code: "statement-forbidden",
  });
});
