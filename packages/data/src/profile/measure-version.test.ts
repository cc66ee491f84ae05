import { appendFileSync, cpSync, mkdtempSync, rmSync } from "node:fs";
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

/** The fingerprint of a copy of the code in which a file has a line more. */
function afterChange(name: string): string {
  const copy = mkdtempSync(join(folder, "copy-"));
  cpSync(code, copy, { recursive: true });
  appendFileSync(join(copy, name), "// more\n");
  return fingerprint(copy, "1");
}

test.each([
  ["the thresholds", "inspect/inspection-rules.ts"],
  ["how a rule looks", "inspect/text/shapes.ts"],
  ["what a profile counts", "profile/profile-column.ts"],
  ["how files are read", "source/describe-source.ts"],
])("a change of %s is another version", (_, name) => {
  expect(afterChange(name)).not.toBe(fingerprint(code, "1"));
});

test("tests are no part of the version, another engine is, and a process has one", () => {
  const tested = afterChange("profile/measure-version.test.ts");
  expect(tested).toBe(fingerprint(code, "1"));
  expect(fingerprint(code, "2")).not.toBe(fingerprint(code, "1"));
  expect(measureVersion()).toBe(measureVersion());
  expect(measureVersion()).toMatch(/^[0-9a-f]{16}$/);
});
