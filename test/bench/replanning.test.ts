import { spawnSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(import.meta.resolve("./replanning.ts"));

function bench(...args: readonly string[]) {
  return spawnSync(process.execPath, ["--conditions=troupe:source", program, ...args], {
    encoding: "utf8",
    env: { ...process.env, TROUPE_HDDL: "/nowhere", TROUPE_SEEDS: "3" },
  });
}

/** The table without what takes another time in every run. */
const counts = (table: string) =>
  table
    .replaceAll(/CPU ms [^;]*;/g, "")
    .replaceAll(/^(repair|remaining|scratch)( +\d+ % +\d+).*( \d+ % {2}.*)$/gm, "$1$2$3");

test("the replanning benchmark makes no invalid plan, and repair does at least two times less again", () => {
  const { status, stdout, stderr } = bench();
  expect(stderr).toContain(
    "ONLY OUR OWN DOMAIN IS MEASURED: there are no competition problems in /nowhere",
  );
  expect(status).toBe(0);
  expect(stdout).toContain("plans with a fault: 0");
  const [, ours = "", theirs = ""] =
    /repair \/ remaining, \d+ runs finished by both: done again (\d+) \/ (\d+)/.exec(stdout) ?? [];
  expect(Number(theirs)).toBeGreaterThan(10);
  expect(Number(theirs)).toBeGreaterThanOrEqual(2 * Number(ours));
});

test("two runs of the replanning benchmark count the same", () => {
  const [first, second] = [bench("skip"), bench("skip")].map(({ stdout }) => counts(stdout));
  expect(first).toContain("methods that skip what is there");
  expect(second).toBe(first);
});
