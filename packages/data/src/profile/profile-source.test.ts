import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { describeSource } from "../source/describe-source.ts";
import { findExtremes } from "./profile-source.ts";

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
