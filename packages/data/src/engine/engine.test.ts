import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { InterruptedError, StatementForbiddenError } from "../errors.ts";
import { type Engine, openEngine } from "./engine.ts";
import { fileLiteral, identifier, literal, parquet, partFile, partsPath } from "./sql.ts";

let engine: Engine;
let home: string;
let sources: string;
let outside: string;
let workspace: string;
beforeAll(async () => {
  home = mkdtempSync(join(tmpdir(), "troupe-engine-"));
  [sources, outside, workspace] = [
    join(home, "sources"),
    join(home, "outside"),
    join(home, "work"),
  ] as const;
  for (const folder of [sources, outside, workspace]) mkdirSync(folder);
  writeFileSync(join(sources, "open.csv"), "a,b\n1,2\n");
  writeFileSync(join(outside, "secret.csv"), "a,b\n3,4\n");
  writeFileSync(join(home, "sources-not.csv"), "a,b\n5,6\n");
  symlinkSync(join(outside, "secret.csv"), join(sources, "link.csv"));
  engine = await openEngine({ readable: [sources], workspace, memoryLimitMb: 200, threads: 2 });
});
afterAll(async () => {
  await engine.close();
  rmSync(home, { recursive: true, force: true });
});

/** A query that would go on for hours. */
const endless = "SELECT count(*) FROM range(10000000000) AS a, range(10000000000) AS b";

test("what lies in a readable directory can be read", async () => {
  const rows = await engine.rows(`FROM read_csv(${literal(join(sources, "open.csv"))})`);
  expect(rows).toEqual([{ a: "1", b: "2" }]);
});

test("no way of naming a file leads out of the readable directories", async () => {
  const secret = join(outside, "secret.csv");
  const paths = [
    secret,
    `file://${secret}`,
    join(home, "*", "secret.csv"),
    join(home, "sources-not.csv"),
    `${sources}/../outside/secret.csv`,
    `${sources}/./../outside/*.csv`,
    join(sources, "link.csv"),
    "/proc/self/environ",
    "/dev/stdin",
    "http://localhost:1/x.csv",
    "s3://bucket/x.csv",
  ];
  const readers = ["read_csv", "read_text", "read_blob", "read_json", "read_parquet", "sniff_csv"];
  for (const path of paths) {
    for (const reader of [...readers, "glob"]) {
      // A listing of links inside, or of nothing, tells nothing about what is outside.
      if (reader === "glob" && path.startsWith(`${sources}/l`)) continue;
      const found = engine.rows(`FROM ${reader}(${literal(path)})`);
      await expect(found, `${reader} ${path}`).rejects.toThrow(
        /disabled by configuration|extension/i,
      );
    }
    await expect(engine.rows(`FROM ${identifier(path)}`), path).rejects.toThrow();
  }
});

test.for([
  "INSTALL httpfs",
  "LOAD httpfs",
  "FORCE INSTALL spatial FROM community",
  "LOAD '/tmp/evil.duckdb_extension'",
  "SET enable_external_access = true",
  "SET allowed_directories = ['/']",
  "SET GLOBAL lock_configuration = false",
  "SET memory_limit = '100GB'",
  "RESET memory_limit",
  "PRAGMA threads = 64",
  "CALL enable_logging()",
  "ATTACH ':memory:' AS other",
  "CREATE TABLE t AS SELECT 1",
  "CREATE PERSISTENT SECRET s (TYPE http, BEARER_TOKEN 'x')",
  "CHECKPOINT",
  "SELECT 1; SELECT 2",
  "SELECT 1; SET threads = 64",
  "",
])("a query that is not one that reads is refused: %s", async (sql) => {
  await expect(engine.rows(sql)).rejects.toThrow();
  const [settings] = await engine.rows(
    "SELECT current_setting('threads')::VARCHAR AS threads, current_setting('memory_limit') AS memory, current_setting('lock_configuration')::VARCHAR AS locked, current_setting('enable_external_access')::VARCHAR AS external",
  );
  expect(settings).toEqual({
    threads: "2",
    memory: "190.7 MiB",
    locked: "true",
    external: "false",
  });
});

test("settings stay locked even from within the statements that the engine runs itself", async () => {
  await expect(engine.withTable("SELECT 1; SET threads = 64", async () => 0)).rejects.toThrow(
    StatementForbiddenError,
  );
});

test("nothing is written next to the sources, nor anywhere else but the workspace", async () => {
  const targets = [
    join(sources, "evil.parquet"),
    join(outside, "evil.parquet"),
    `${workspace}/../evil.parquet`,
    `${workspace}-evil.parquet`,
  ];
  for (const target of targets) {
    await expect(engine.writeParquet("SELECT 1 AS a", target)).rejects.toThrow(
      StatementForbiddenError,
    );
    await expect(engine.rows(`COPY (SELECT 1) TO ${literal(target)}`)).rejects.toThrow();
    await expect(engine.rows(`EXPORT DATABASE ${literal(target)}`)).rejects.toThrow();
    await expect(engine.rows(`ATTACH ${literal(target)}`)).rejects.toThrow();
    expect([target, existsSync(target)]).toEqual([target, false]);
  }
});

test("a query can't bend the target of what is written", async () => {
  const evil = join(sources, "evil.csv");
  const good = join(workspace, "good.parquet");
  for (const query of [
    `SELECT 1 AS a) TO ${literal(evil)} --`,
    `SELECT 1 AS a) TO ${literal(evil)}; SELECT (1`,
    "SELECT 1 AS a /*",
    `COPY (SELECT 1) TO ${literal(evil)}`,
  ]) {
    await expect(engine.writeParquet(query, good)).rejects.toThrow();
  }
  expect([existsSync(evil), existsSync(good)]).toEqual([false, false]);
  await engine.writeParquet("SELECT 1 AS a -- a comment at the end", good);
  expect(await engine.rows(`FROM read_parquet(${literal(good)})`)).toEqual([{ a: 1 }]);
});

test("a running query stops when its signal is aborted, and the engine goes on", async () => {
  const attempts = Array.from({ length: 6 }, async () => {
    const stop = new AbortController();
    const running = engine.rows(endless, stop.signal);
    // Whichever moment of planning or running it hits.
    setImmediate(() => stop.abort());
    await expect(running).rejects.toThrow(InterruptedError);
  });
  await Promise.all(attempts);
  expect(await engine.rows("SELECT 1 AS a")).toEqual([{ a: 1 }]);
});

test("the same signal stops writing, and leaves the other queries alone", async () => {
  const stop = new AbortController();
  const target = join(workspace, "never.parquet");
  const writing = engine.writeParquet(endless, target, stop.signal);
  const other = engine.rows("SELECT sum(range)::DOUBLE AS n FROM range(3000000)");
  stop.abort();
  await expect(writing).rejects.toThrow(InterruptedError);
  expect(await other).toEqual([{ n: 4_499_998_500_000 }]);
});

test("a signal that was aborted before keeps the query from starting", async () => {
  await expect(engine.rows("SELECT 1", AbortSignal.abort())).rejects.toThrow(InterruptedError);
  await expect(engine.withTable("SELECT 1", async () => 0, AbortSignal.abort())).rejects.toThrow(
    InterruptedError,
  );
});

test("more memory than allowed fails the query, not the engine", async () => {
  const greedy = "SELECT length(list(repeat('x', 1000) || range)::VARCHAR) FROM range(1000000)";
  await expect(engine.rows(greedy)).rejects.toThrow(/memory/i);
  expect(await engine.rows("SELECT 1 AS a")).toEqual([{ a: 1 }]);
});

test("a table for many looks is gone afterwards, whatever became of the work", async () => {
  let name = "";
  const work = engine.withTable("SELECT 1 AS a", async (table) => {
    name = table;
    throw new Error("the work failed");
  });
  await expect(work).rejects.toThrow("the work failed");
  await expect(engine.rows(`FROM ${name}`)).rejects.toThrow("does not exist");
});

test("a file named like a pattern is read alone", async () => {
  writeFileSync(join(sources, "p1.csv"), "a\n1\n");
  for (const name of ["p*.csv", "p?.csv", "p[1-9].csv", "p'; DROP TABLE x; --.csv", "p\\1.csv"]) {
    writeFileSync(join(sources, name), "a\n7\n");
    const rows = await engine.rows(`FROM read_csv(${fileLiteral(join(sources, name))})`);
    expect([name, rows]).toEqual([name, [{ a: "7" }]]);
  }
});

test("rows that a query only filters stay in order, over the parts and row groups of a table", async () => {
  const folder = partsPath(join(workspace, "ordered"));
  mkdirSync(folder);
  for (const part of [0, 1, 2]) {
    const from = part * 300_000;
    const rows = `SELECT range AS _row, hash(range) AS h FROM range(${from}, ${from + 300_000})`;
    await engine.writeParquet(rows, partFile(folder, part));
  }
  const output = join(workspace, "ordered.parquet");
  await engine.writeParquet(`SELECT * FROM ${parquet(folder)} WHERE h % 3 > 0`, output);
  const numbered = `SELECT _row, lag(_row) OVER (ORDER BY file_row_number) AS before FROM read_parquet(${literal(output)}, file_row_number = true)`;
  const [found] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n, (count(*) FILTER (before >= _row))::DOUBLE AS late FROM (${numbered})`,
  );
  expect(Number(found?.["n"])).toBeGreaterThan(500_000);
  expect(found?.["late"]).toBe(0);
});

test("engines of one workspace spill at the same time without reaching each other's files", async () => {
  const sorted = async (spill?: string) => {
    const own = spill === undefined ? {} : { spill };
    const spilling = await openEngine({ readable: [], workspace, memoryLimitMb: 64, ...own });
    try {
      return await spilling.rows(
        "SELECT count(*)::DOUBLE AS n, (count(*) FILTER (s < before))::DOUBLE AS late FROM (SELECT s, lag(s) OVER (ORDER BY s) AS before FROM (SELECT hash(range) || repeat('x', 60) AS s FROM range(500000)))",
      );
    } finally {
      await spilling.close();
    }
  };
  const elsewhere = join(outside, "spill");
  const found = await Promise.all([sorted(), sorted(), sorted(elsewhere)]);
  expect(found).toEqual(Array(3).fill([{ n: 500_000, late: 0 }]));
  expect(readdirSync(elsewhere)).toEqual([]);
  expect(readdirSync(workspace).filter((name) => name.startsWith("spill-"))).toHaveLength(1);
});
