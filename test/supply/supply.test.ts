import { execFileSync } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { lockedPackages, readJson } from "./installed.ts";
import { isAllowed } from "./licence.ts";

const root = join(import.meta.dirname, "..", "..");

test.for([
  ["MIT", true],
  ["GPL-3.0-only", false],
  ["(AFL-2.1 OR BSD-3-Clause)", true],
  ["GPL-2.0 OR MIT", true],
  ["MIT AND GPL-2.0", false],
  ["MIT AND (GPL-2.0 OR ISC)", true],
  ["(MIT OR ISC", false],
  ["SEE LICENSE IN LICENSE.md", false],
  ["UNLICENSED", false],
  ["", false],
] as const)("a licence '%s' is allowed: %s", ([licence, holds]) => {
  expect(isAllowed(licence)).toBe(holds);
});

test("every package has a licence that is allowed", () => {
  const refused = lockedPackages().filter(({ licence }) => !isAllowed(licence));
  expect(refused.map(({ name, licence }) => `${name}: ${licence}`)).toEqual([]);
});

test("every package of the lock file comes from the registry, and is known by its hash", () => {
  const loose = lockedPackages().filter(
    ({ integrity, resolved }) =>
      integrity?.startsWith("sha512-") !== true ||
      (resolved !== undefined && !resolved.startsWith("https://registry.npmjs.org/")),
  );
  expect(loose.map(({ folder }) => folder)).toEqual([]);
});

test("every dependency of the project names one version", () => {
  const manifests = execFileSync("git", ["ls-files", "package.json", "*/package.json"], {
    cwd: root,
    encoding: "utf8",
  });
  const loose = manifests
    .trim()
    .split("\n")
    .flatMap((file) => {
      const { dependencies = {}, devDependencies = {} } = readJson(file) as Record<
        string,
        Readonly<Record<string, string>> | undefined
      >;
      return Object.entries({ ...dependencies, ...devDependencies }).flatMap(([name, version]) =>
        /^\d+\.\d+\.\d+(-[\w.]+)?$/.test(version) ? [] : [`${file}: ${name} ${version}`],
      );
    });
  expect(loose).toEqual([]);
});

test("what runs a script when it is installed was decided about", () => {
  const { allowScripts } = readJson("package.json") as { allowScripts: Record<string, boolean> };
  const undecided = lockedPackages().filter(
    ({ hasScript, installed, name }) => hasScript && installed && allowScripts[name] === undefined,
  );
  expect(undecided.map(({ name }) => name)).toEqual([]);
});
