import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { parquet } from "../engine/sql.ts";
import { describeSource } from "../source/describe-source.ts";
import { loadSource } from "./load-source.ts";

const { engine, folder: home } = await engineInFolder();

async function load(name: string, text: string) {
  const file = join(home, name);
  writeFileSync(file, text);
  const output = `${file}.parquet`;
  const loaded = await loadSource(engine, await describeSource(file, [home]), output, "1");
  const types = Object.fromEntries(loaded.columns.map((column) => [column.name, column.type]));
  return { loaded, types, rows: await engine.rows(`FROM ${parquet(output)}`) };
}

test("a column of texts that are all dates of one form becomes dates, with its extremes in time", async () => {
  const { loaded, types, rows } = await load(
    "a.csv",
    "symbol,date,price\nA,Mar 1 2001,3.5\nB,Apr 1 2000,4\nC,,1\n",
  );
  expect(types).toEqual({ symbol: "VARCHAR", date: "DATE", price: "DOUBLE" });
  expect(rows[0]).toEqual({ symbol: "A", date: "2001-03-01", price: 3.5 });
  expect(loaded).toMatchObject({
    rows: 3,
    format: "csv",
    sha256: expect.stringMatching(/^\w{64}$/),
  });
  expect(loaded.columns[1]).toMatchObject({ nulls: 1, min: "2000-04-01", max: "2001-03-01" });
});

test("what was done to read a file with a broken record is told with it", async () => {
  const records = ['{"n": 1}', '{"n": two}', '{"n": 3}', '{"n": 4}'];
  const { loaded, rows } = await load("broken.json", `[${records.join(",\n")}]`);
  expect(rows.map(({ n }) => n)).toEqual(["1", null, "3", "4"]);
  expect(loaded.reading).toContain("1 of 4 records are broken (row 2, line 2: it is no JSON)");
});

test("texts that are not all dates, or could be other dates too, stay texts", async () => {
  const { types } = await load(
    "b.json",
    JSON.stringify([
      { mixed: "Mar 1 2001", doubtful: "01/02/2003", clear: "01/13/2003" },
      { mixed: "unknown", doubtful: "03/04/2005", clear: "02/14/2003" },
    ]),
  );
  expect(types).toEqual({ mixed: "VARCHAR", doubtful: "VARCHAR", clear: "DATE" });
});

test("numbers keep the types that the file has", async () => {
  const { types } = await load(
    "d.json",
    JSON.stringify([
      { n: 1, x: 1.5, t: "a", l: [1] },
      { n: 2, x: 2, t: null, l: [] },
    ]),
  );
  expect(types).toMatchObject({ n: "BIGINT", x: "DOUBLE", t: "VARCHAR" });
});
