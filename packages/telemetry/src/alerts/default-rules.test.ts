import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { defaultRules } from "./default-rules.ts";

const docs = join(import.meta.dirname, "../../../../docs");

test("each default rule has a part of the runbook, and no part is left over", () => {
  const [, runbook = ""] = readFileSync(join(docs, "operations.md"), "utf8").split(
    "\n## Runbook\n",
  );
  const parts = [...runbook.matchAll(/^### (\w+)$/gm)].map(([, name]) => name);
  expect(parts).toEqual(defaultRules.map(({ name }) => name));
  for (const { name, runbook: link } of defaultRules) {
    expect(link).toBe(`docs/operations.md#${name.toLowerCase()}`);
  }
});

test("each default rule is about a metric that the page on telemetry names", () => {
  const page = readFileSync(join(docs, "telemetry.md"), "utf8");
  const unnamed = defaultRules
    .map(({ condition }) => condition.metric.replace(/_count$/, ""))
    .filter((metric) => !page.includes(metric) && !metric.startsWith("troupe_goals_resumed"));
  expect(unnamed).toEqual([]);
});
