import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { openEngine } from "../engine/engine.ts";
import { runQuery } from "./run-query.ts";
import type { Table } from "./table.ts";

let home: string;
let sources: Record<string, string>;
let secret: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "troupe-query-"));
  mkdirSync(join(home, "work"));
  sources = {
    sales: join(home, "work", "sales.parquet"),
    shops: join(home, "work", "shops.parquet"),
  };
  secret = join(home, "work", "secret.parquet");
  const engine = await openEngine({ readable: [], workspace: join(home, "work") });
  await engine.writeParquet(
    "SELECT * FROM (VALUES (1, 'Bern', 10.5, DATE '2024-01-01'), (2, 'Thun', 20.25, DATE '2024-02-01'), (3, 'Bern', NULL, NULL)) AS t(id, city, amount, day)",
    sources["sales"] ?? "",
  );
  await engine.writeParquet("SELECT 'Bern' AS city, 134000 AS people", sources["shops"] ?? "");
  await engine.writeParquet("SELECT 'hidden' AS password", secret);
  await engine.close();
});
afterAll(() => rmSync(home, { recursive: true, force: true }));

const scratch = (): string => join(home, "scratch");
const run = (sql: string, signal?: AbortSignal): Promise<Table> =>
  runQuery({ sql, sources, scratch: scratch() }, signal);

test("a query sees its sources as tables, and its result is plain data with kinds", async () => {
  const table = await run(
    "SELECT s.city, day, sum(amount) AS total, max(day)::TIMESTAMP AS at, count(*) AS n, any_value(people) AS people FROM sales AS s LEFT JOIN shops USING (city) GROUP BY ALL ORDER BY 1, 2;",
  );
  expect(table).toEqual({
    columns: [
      { name: "city", kind: "text", type: "VARCHAR" },
      { name: "day", kind: "time", type: "DATE" },
      { name: "total", kind: "number", type: "DECIMAL(38,2)" },
      { name: "at", kind: "time", type: "TIMESTAMP" },
      { name: "n", kind: "number", type: "BIGINT" },
      { name: "people", kind: "number", type: "INTEGER" },
    ],
    rows: [
      ["Bern", "2024-01-01", 10.5, "2024-01-01T00:00:00Z", 1, 134000],
      ["Bern", null, null, null, 1, 134000],
      ["Thun", "2024-02-01", 20.25, "2024-02-01T00:00:00Z", 1, null],
    ],
    truncated: false,
  });
});

test("what no number can say becomes nothing, and lists are told as text", async () => {
  const { rows, columns } = await run(
    "SELECT 'nan'::DOUBLE AS a, 'infinity'::DOUBLE AS b, [1, 2] AS c, 170141183460469231731687303715884105727::HUGEINT AS d, TIMESTAMPTZ '2024-01-01 12:00:00+02' AS e, true AS f, DATE 'infinity' AS g FROM sales LIMIT 1 -- a comment",
  );
  expect(rows).toEqual([[null, null, "[1, 2]", 2 ** 127, "2024-01-01T10:00:00Z", "true", null]]);
  expect(columns.map(({ kind }) => kind).join()).toBe("number,number,text,number,time,text,time");
});

test("steps of the query's own, subqueries and generated rows are tables too", async () => {
  const { rows } = await run(
    "WITH RECURSIVE n AS (SELECT 1 AS i UNION ALL SELECT i + 1 FROM n WHERE i < 3), big AS (SELECT * FROM SALES WHERE amount > 15) SELECT (SELECT count(*) FROM n), (SELECT count(*) FROM big), (SELECT count(*) FROM range(4)), (SELECT count(*) FROM (VALUES (1), (2)) AS v)",
  );
  expect(rows).toEqual([[3, 1, 4, 2]]);
});

test("of more rows than the limit the first are kept, and the table says so", async () => {
  const limited = (rowLimit: number) =>
    runQuery({ sql: "SELECT id FROM sales ORDER BY id", sources, scratch: scratch(), rowLimit });
  expect(await limited(2)).toMatchObject({ rows: [[1], [2]], truncated: true });
  expect(await limited(3)).toMatchObject({ rows: [[1], [2], [3]], truncated: false });
});

const escapes: readonly [name: string, sql: string][] = [
  ["another file by function", "SELECT * FROM read_csv('/etc/hosts')"],
  ["another file by name", "SELECT * FROM '/etc/hosts'"],
  ["another file as a quoted table", 'SELECT * FROM "/etc/passwd"'],
  ["a file as text", "SELECT content FROM read_text('/etc/passwd')"],
  ["a file as bytes", "SELECT content FROM read_blob('/proc/self/environ')"],
  ["a listing of files", "SELECT * FROM glob('/etc/*')"],
  [
    "a file named in a step",
    `WITH "/etc/passwd" AS (SELECT 1) SELECT * FROM read_text('/etc/passwd')`,
  ],
  ["a file in a subquery", "SELECT (SELECT content FROM read_text('/etc/passwd')) FROM sales"],
  ["a file in a lateral join", "SELECT * FROM sales, LATERAL (SELECT * FROM glob('/*'))"],
  ["a query in a text", "SELECT * FROM query('SELECT * FROM sales')"],
  ["a table by a name in a text", "SELECT * FROM query_table('sales')"],
  ["the network", "SELECT * FROM read_csv('http://127.0.0.1:1/x.csv')"],
  ["the network by name", "SELECT * FROM 's3://bucket/x.parquet'"],
  ["the settings", "SELECT * FROM duckdb_settings()"],
  ["a setting", "SELECT current_setting('temp_directory')"],
  ["secrets", "SELECT * FROM duckdb_secrets()"],
  ["the catalog", "SELECT * FROM information_schema.tables"],
  ["the catalog by another name", "SELECT * FROM sqlite_master"],
  [
    "the catalog under the name of a step",
    'WITH "information_schema.tables" AS (SELECT 1) SELECT * FROM information_schema.tables',
  ],
  ["the environment", "SELECT getenv('HOME') FROM sales"],
  ["profiles of queries", "SELECT * FROM enable_profiling(save_location := '/tmp/x.json')"],
  ["the log", "SELECT * FROM enable_logging()"],
  ["sleeping", "SELECT sleep_ms(100000) FROM sales"],
  ["descriptions", "DESCRIBE sales"],
  ["writing", "COPY sales TO '/tmp/troupe-escape.csv'"],
  ["writing a query", "COPY (SELECT 1) TO '/tmp/troupe-escape.parquet'"],
  ["exporting", "EXPORT DATABASE '/tmp/troupe-escape'"],
  ["attaching", "ATTACH '/tmp/troupe-escape.duckdb' AS other"],
  ["installing", "INSTALL httpfs"],
  ["loading", "LOAD httpfs"],
  ["settings to change", "SET enable_external_access = true"],
  ["settings to reset", "RESET memory_limit"],
  ["pragmas", "PRAGMA enable_profiling"],
  ["calls", "CALL enable_logging()"],
  ["tables", "CREATE TABLE t AS SELECT 1"],
  ["changes", "DELETE FROM sales"],
  ["changes in a step", "WITH d AS (DELETE FROM sales RETURNING *) SELECT * FROM d"],
  ["secrets to make", "CREATE SECRET s (TYPE http)"],
  ["two statements", "SELECT 1; SELECT 2"],
  ["a statement behind", "SELECT * FROM sales; COPY sales TO '/tmp/troupe-escape.csv'"],
  ["a bracket that closes early", "SELECT 1) UNION ALL (SELECT 2"],
  ["a bracket and a copy", "SELECT 1) TO '/tmp/troupe-escape.csv' --"],
  ["a comment that opens", "SELECT 1 /*"],
  ["nothing", "  "],
];

test.for(escapes)("refused before it runs: %s", async ([, sql]) => {
  await expect(run(sql)).rejects.toMatchObject({
    code: expect.stringMatching(/^(statement-forbidden|query-failed)$/),
    retryable: false,
  });
  expect(readdirSync(tmpdir()).filter((name) => name.startsWith("troupe-escape"))).toEqual([]);
  expect(existsSync(scratch())).toBe(false);
});

test("a file beside the sources is out of reach even for those who know its name", async () => {
  for (const sql of [
    `SELECT * FROM '${secret}'`,
    `SELECT * FROM read_parquet('${secret}')`,
    `SELECT * FROM read_parquet('${home}/work/*.parquet')`,
  ]) {
    await expect(run(sql)).rejects.toMatchObject({ code: "statement-forbidden" });
  }
});

test("what a step is called opens no file: the engine itself has no access", async () => {
  for (const path of [secret, "/etc/passwd", "http://127.0.0.1:1/x.csv"]) {
    // The outer name is not the step's, which ends with its subquery.
    const sql = `SELECT * FROM (WITH "${path}" AS (SELECT 1) SELECT 1), "${path}"`;
    await expect(run(sql)).rejects.toMatchObject({ code: "query-failed" });
  }
});

test("nobody is called over the network", async () => {
  let calls = 0;
  const server = createServer((_request, response) => {
    calls += 1;
    response.end("a\n1\n");
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/x.csv`;
  for (const sql of [
    `SELECT * FROM '${url}'`,
    `SELECT * FROM (WITH "${url}" AS (SELECT 1) SELECT 1), "${url}"`,
  ]) {
    await expect(run(sql)).rejects.toThrow();
  }
  server.close();
  expect(calls).toBe(0);
});

test("an endless query stops when its signal is aborted, and leaves nothing", async () => {
  const stop = new AbortController();
  const running = run(
    "SELECT count(*) FROM range(10000000000) AS a, range(10000000000) AS b, sales",
    stop.signal,
  );
  setImmediate(() => stop.abort());
  await expect(running).rejects.toMatchObject({ code: "interrupted" });
  expect(existsSync(scratch())).toBe(false);
});

test("a query that was given up before it began does not begin", async () => {
  await expect(run("SELECT 1 FROM sales", AbortSignal.abort())).rejects.toMatchObject({
    code: "interrupted",
  });
});

test("more memory, or a larger result, than allowed is a failure with a reason", async () => {
  const greedy = "SELECT length(list(repeat('x', 1000) || range)::VARCHAR) FROM range(3000000)";
  await expect(run(greedy)).rejects.toMatchObject({
    code: "query-failed",
    message: expect.stringMatching(/memory/i),
  });
  await expect(
    run("SELECT repeat('x', 100000) AS a FROM range(1000), sales LIMIT 1000"),
  ).rejects.toMatchObject({ code: "query-result-too-large" });
});

test("disk beyond the limit is not used", async () => {
  const sql =
    "WITH t AS MATERIALIZED (SELECT md5(range::VARCHAR) AS a, md5(range || 'b') AS b FROM range(1000000)) SELECT count(*) FROM t JOIN t AS u USING (a, b)";
  const limited = (spillLimitMb: number) =>
    runQuery({ sql, sources, scratch: scratch(), memoryLimitMb: 48, spillLimitMb });
  expect((await limited(500)).rows).toEqual([[1_000_000]]);
  await expect(limited(4)).rejects.toMatchObject({
    code: "query-failed",
    message: expect.stringContaining("max_temp_directory_size"),
  });
});

test("what is wrong is told in the query's own words", async () => {
  await expect(run("SELECT amuont FROM sales")).rejects.toThrow(/amuont.*amount/s);
  await expect(run("SELEC 1")).rejects.toThrow(/SELEC/);
  await expect(run("SELECT * FROM orders")).rejects.toThrow(
    "it reads 'orders', and its sources are 'sales', 'shops'",
  );
});

test("a column named like a path into an object keeps its name", async () => {
  writeFileSync(join(home, "x"), "");
  const { columns } = await run(`SELECT 1 AS "a.b[0]", 2 AS "__proto__", 3 AS "c""d" FROM sales`);
  expect(columns.map(({ name }) => name)).toEqual(["a.b[0]", "__proto__", 'c"d']);
});
