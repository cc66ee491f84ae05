import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { mutants } from "./mutants.ts";

const packages = join(import.meta.dirname, "..", "..", "packages");

test("every planted bug still has its place in the code", () => {
  const stale = mutants.filter(({ file, search }) => {
    const times = readFileSync(join(packages, file), "utf8").split(search).length - 1;
    return times !== 1;
  });
  expect(stale.map(({ bug, file }) => `${bug} (${file})`)).toEqual([]);
});
