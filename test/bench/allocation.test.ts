import { execFileSync } from "node:child_process";
import { fileURLToPath } from "node:url";
import { expect, test } from "vitest";

const program = fileURLToPath(import.meta.resolve("./allocation.ts"));

test("the allocation benchmark proves what it measures and compares it with plain arrays", () => {
  const env = { ...process.env, TROUPE_ASSIGNMENT: "/nowhere" };
  const command = ["--conditions=troupe:source", program, "200"];
  const table = execFileSync(process.execPath, command, { encoding: "utf8", env });
  expect(table).toContain("medians of 7, milliseconds; ratios to the plain arrays");
  const figure = "\\d+\\.\\d";
  const ratio = `${figure} +\\d+\\.\\d\\d`;
  expect(table).toMatch(
    new RegExp(
      `random 200, below 1000 +(\\d+) +\\1 +\\d\\.\\d\\d +${figure} +${ratio} +${ratio} +${ratio}`,
    ),
  );
});
