import { expect, test } from "vitest";
import { nameAmong, rowInWords } from "./file-rows.ts";
import type { SourceFile } from "./source.ts";

const file = (path: string): SourceFile => ({
  path,
  format: "csv",
  bytes: 1,
  sha256: path,
  rows: 10,
});

test("files that are called the same are told apart by their folders", () => {
  const files = ["/d/jan/o.csv", "/d/feb/o.csv", "/d/feb/more-o.csv"].map(file);
  expect([5, 12, 30].map((row) => rowInWords({ files }, row))).toEqual([
    "jan/o.csv 5",
    "feb/o.csv 2",
    "more-o.csv 10",
  ]);
  const nested = ["/o.csv", "/d/o.csv"].map(file);
  expect(nested.map(({ path }) => nameAmong(path, nested))).toEqual(["/o.csv", "d/o.csv"]);
});
