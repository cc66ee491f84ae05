import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { cleanFile } from "../clean-file.test-support.ts";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { parquet } from "../engine/sql.ts";

const { engine, folder: directory } = await engineInFolder();

async function clean(name: string, content: string) {
  const file = join(directory, name);
  writeFileSync(file, content);
  const place = { file, readable: [directory], directory, referenceTime: Date.UTC(2026, 10, 21) };
  const { published, schema } = await cleanFile(engine, place);
  const data = await engine.rows(`FROM ${parquet(published.files.data)}`);
  return { published, types: schema.map(({ type }) => type), data };
}

test("a fraction among integers is kept or set aside, never rounded", async () => {
  const values = [...Array.from({ length: 199 }, (_, index) => index), 1.5];
  const { published, types, data } = await clean(
    "f.csv",
    `id,v\n${values.map((v) => `x,${v}`).join("\n")}\n`,
  );
  const { kept, quarantined } = published.rows;
  expect(kept + quarantined).toBe(200);
  if (types[1] === "integer") expect(quarantined).toBe(1);
  else expect(data.map((row) => Number(row["v"]))).toEqual(values);
});

test("identifiers of twenty digits keep the last one", async () => {
  const ids = Array.from({ length: 20 }, (_, index) => `100000000000000000${index + 10}`);
  const { data, types } = await clean(
    "ids.csv",
    `id,v\n${ids.map((id) => `${id},1`).join("\n")}\n`,
  );
  expect(types[0]).toBe("text");
  expect(data.map((row) => row["id"])).toEqual(ids);
});

test("structure stays structure, and is not written as a text of it", async () => {
  const { data, types } = await clean("s.json", '[{"a":{"b":[1,"x"]},"c":1},{"a":{"b":[]},"c":2}]');
  expect(types[0]).toBe("json");
  expect(data.map((row) => JSON.parse(String(row["a"])))).toMatchObject([
    { b: [1, "x"] },
    { b: [] },
  ]);
});
