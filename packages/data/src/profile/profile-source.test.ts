import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { describeSource } from "../source/describe-source.ts";
import { profileSource } from "./profile-source.ts";

const { engine, folder: directory } = await engineInFolder();

test("whoever counts columns of a file that cannot be profiled is told to leave off", async () => {
  const path = join(directory, "orders.ndjson");
  writeFileSync(path, '{"a":1}\n{"a":2}\n');
  const source = await describeSource(path, [directory]);
  const copy = join(directory, "broken.parquet");
  writeFileSync(copy, "no Parquet at all");
  const { promise, resolve } = Promise.withResolvers<void>();
  const division = {
    landing: { path: copy, attempt: "t" },
    count: (_source: unknown, _columns: unknown, signal: AbortSignal) => {
      signal.addEventListener("abort", () => resolve(), { once: true });
      return new Promise<never>(() => {});
    },
  };
  await expect(profileSource(engine, source, undefined, division)).rejects.toMatchObject({
    code: "source-format",
  });
  await promise;
});
