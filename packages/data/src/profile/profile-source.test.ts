import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { describeSource } from "../source/describe-source.ts";
import { inspectSource } from "../inspect/inspect-source.ts";
import { findExtremes, profileSource } from "./profile-source.ts";

const { engine, folder: directory } = await engineInFolder();

test("extremes of a source whose copy is broken are refused as what is wrong with the source", async () => {
  const path = join(directory, "orders.ndjson");
  writeFileSync(path, '{"a":1}\n{"a":2}\n');
  const source = await describeSource(path, [directory]);
  const landed = join(directory, "broken.parquet");
  writeFileSync(landed, "no Parquet at all");
  const columns = [{ name: "a", type: "BIGINT" }];
  expect(await findExtremes(engine, source, columns)).toEqual([{ min: "1", max: "2" }]);
  await expect(findExtremes(engine, { ...source, landed }, columns)).rejects.toMatchObject({
    code: "source-format",
    message: expect.stringContaining(path),
  });
});

test("a file with a cell of megabytes has a profile and faults that can be told", async () => {
  const path = join(directory, "huge.csv");
  writeFileSync(path, `id,text\n1,${"x".repeat(3_000_000)}\n2,small\n3,small\n`);
  const profile = await profileSource(engine, await describeSource(path, [directory]));
  expect(profile.columns[1]).toMatchObject({ distinct: 2, top: [{ value: "small", rows: 2 }] });
  const faults = await inspectSource(engine, profile);
  expect(JSON.stringify({ profile, faults }).length).toBeLessThan(20_000);
});
