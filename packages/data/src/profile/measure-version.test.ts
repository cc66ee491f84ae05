import { cpSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { fingerprint, measureVersion } from "./measure-version.ts";

const code = join(import.meta.dirname, "..");
let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "troupe-version-"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The fingerprint of a copy of the code after a change of one of its files. */
function afterChange(name: string, change: (text: string) => string): string {
  const copy = mkdtempSync(join(folder, "copy-"));
  cpSync(code, copy, { recursive: true });
  const path = join(copy, name);
  const before = readFileSync(path, "utf8");
  const after = change(before);
  expect(after).not.toBe(before);
  writeFileSync(path, after);
  return fingerprint(copy, "1");
}

test.each([
  ["a threshold", "inspect/inspection-rules.ts", ["noteBelow = 0.5", "noteBelow = 0.6"]],
  ["how a rule looks", "inspect/text/shapes.ts", ["SELECT", "SELECT ALL"]],
  ["what a profile counts", "profile/profile-column.ts", ["topValues = 12", "topValues = 13"]],
  ["how files are read", "source/source.ts", ["comment = ''", "comment = '#'"]],
] as const)("a change of %s is another version", (_, name, [from, to]) => {
  const changed = afterChange(name, (text) => text.replace(from, to));
  expect(changed).not.toBe(fingerprint(code, "1"));
});

test("tests are no part of the version, another engine is, and a process has one", () => {
  const tested = afterChange("profile/measure-version.test.ts", (text) => `${text}// more\n`);
  expect(tested).toBe(fingerprint(code, "1"));
  expect(fingerprint(code, "2")).not.toBe(fingerprint(code, "1"));
  expect(measureVersion()).toBe(measureVersion());
  expect(measureVersion()).toMatch(/^[0-9a-f]{16}$/);
});
