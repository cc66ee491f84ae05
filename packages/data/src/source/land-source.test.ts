import { existsSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import type { Engine } from "../engine/engine.ts";
import { describeSource } from "./describe-source.ts";
import { landSource } from "./land-source.ts";
import { numberedScan, scan } from "./scan.ts";

const { engine, folder: directory } = await engineInFolder();

async function sourceOf(name: string, text: string) {
  const path = join(directory, name);
  writeFileSync(path, text);
  return describeSource(path, [directory]);
}

test("a copy has the values as they are written, with the numbers of their rows", async () => {
  const source = await sourceOf("a.csv", 'code,when\n007,1.5.2024\n" 8",\n"a\nb","x, y"\n');
  const path = join(directory, "a.parquet");
  const landed = await landSource(engine, source, { path, attempt: "t" });
  expect(landed).toEqual({ ...source, landed: path });
  const rows = await engine.rows(`SELECT * FROM ${numberedScan(landed)}`);
  expect(rows).toEqual(await engine.rows(`SELECT * FROM ${numberedScan(source)}`));
  expect(rows[2]).toEqual({ _row: "3", code: "a\nb", when: "x, y" });
  expect(await engine.rows(`SELECT * FROM ${scan(landed, true)}`)).toEqual(
    await engine.rows(`SELECT * FROM ${scan(source, true)}`),
  );
});

test("columns of a copy can be renamed and added later on, as those of the file can", async () => {
  const source = {
    ...(await sourceOf("d.csv", "_row,b\n5,x\n6,y\n")),
    renamed: [{ from: "_row", to: "_row_1" }],
  };
  const path = join(directory, "d.parquet");
  const landed = await landSource(engine, source, { path, attempt: "t" });
  const readAs = { renamed: [{ from: "b", to: "c" }], absent: ["d"] };
  const rows = await engine.rows(`SELECT * FROM ${numberedScan({ ...landed, readAs })}`);
  expect(rows).toEqual([
    { _row: "1", _row_1: "5", c: "x", d: null },
    { _row: "2", _row_1: "6", c: "y", d: null },
  ]);
  expect(await engine.rows(`SELECT * FROM ${numberedScan({ ...source, readAs })}`)).toEqual(rows);
});

test("a copy that is there is taken as it is", async () => {
  const source = await sourceOf("b.csv", "a,b\n1,2\n");
  const landing = { path: join(directory, "b.parquet"), attempt: "t" };
  await landSource(engine, source, landing);
  const { ino } = statSync(landing.path);
  expect(await landSource(engine, source, landing)).toMatchObject({ landed: landing.path });
  expect(statSync(landing.path).ino).toBe(ino);
});

test("a file is not copied whose integers Parquet would round", async () => {
  const source = await sourceOf("c.json", '[{"n": 18446744073709551615}, {"n": -1}]');
  const path = join(directory, "c.parquet");
  expect(await landSource(engine, source, { path, attempt: "t" })).toEqual(source);
  expect(existsSync(path)).toBe(false);
});

test("a copy has its name only when its types are known to be kept, also when the process ends before", async () => {
  const source = await sourceOf("e.ndjson", '{"n": 1}\n');
  const path = join(directory, "e.parquet");
  const dying: Engine = {
    ...engine,
    rows: () => Promise.reject(new Error("the process ends here")),
    writeParquet: (...all) => engine.writeParquet(...all),
  };
  await expect(landSource(dying, source, { path, attempt: "t" })).rejects.toThrow("ends here");
  expect(existsSync(path)).toBe(false);
  expect(await landSource(engine, source, { path, attempt: "t" })).toMatchObject({ landed: path });
});
