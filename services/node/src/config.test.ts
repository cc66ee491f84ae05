import { readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { nodeVariables, readNodeConfig } from "./config.ts";

test("units and resources are read as amounts by name; by default there are none", () => {
  const config = readNodeConfig({
    TROUPE_RESOURCES: "gpu=1, tape:lto-9=12",
    TROUPE_UNITS: "licence=2,warehouse=1",
    TROUPE_RETENTION_DAYS: "0.5",
    TROUPE_KEEP_WORK: "1",
    TROUPE_RULES_OFF: "stuck, key",
  });
  expect(config).toMatchObject({
    rulesOff: ["stuck", "key"],
    resources: { gpu: 1, "tape:lto-9": 12 },
    units: { licence: 2, warehouse: 1 },
    retentionDays: 0.5,
    keepWork: true,
  });
  expect(readNodeConfig({})).toMatchObject({
    rulesOff: [],
    resources: {},
    units: {},
    retentionDays: 30,
    keepWork: false,
  });
});

test.each([
  [{ TROUPE_UNITS: "licence" }, "TROUPE_UNITS: 'licence' must be a name, '=' and a whole number"],
  [{ TROUPE_UNITS: "licence=0" }, "whole number from 1"],
  [{ TROUPE_UNITS: "licence=1.5" }, "whole number from 1"],
  [{ TROUPE_RESOURCES: "=1" }, "TROUPE_RESOURCES: '=1' must be a name"],
  [{ TROUPE_RULES_OFF: "stuck,stuk" }, "'stuk' is no rule of the inspection; there are: "],
  [{ TROUPE_RESOURCES: "gpu=1,gpu=2" }, "'gpu' is there twice"],
  [{ TROUPE_RESOURCES: "cpu=4" }, "'cpu' is measured on each node"],
  [{ TROUPE_UNITS: "memory=4" }, "'memory' is measured on each node"],
  [{ TROUPE_UNITS: "gpu=1", TROUPE_RESOURCES: "gpu=1" }, "in TROUPE_RESOURCES and in TROUPE_UNITS"],
  [{ TROUPE_KEEP_WORK: "yes" }, "TROUPE_KEEP_WORK must be 0 or 1"],
  [{ TROUPE_RETENTION_DAYS: "-1" }, "retentionDays"],
  [{ TROUPE_ARCHIVE_EVERY: "0" }, "archiveEvery"],
  [{ TROUPE_METRICS_PORT: "65536" }, "metricsPort"],
  [{ TROUPE_HEALTH_MS: "10" }, "healthMs"],
  [{ TROUPE_TRACES_PER_SECOND: "-1" }, "tracesPerSecond"],
  [{ TROUPE_TRACES_PER_SECOND: "all" }, "tracesPerSecond"],
])("%j is refused, and told what is wrong", (environment, message) => {
  expect(() => readNodeConfig(environment)).toThrow(message);
});

test("every variable is in the operator's page", () => {
  const page = readFileSync(join(import.meta.dirname, "../../../docs/operations.md"), "utf8");
  const named = Object.values(nodeVariables);
  expect(named.filter((name) => !page.includes(`\`${name}\``))).toEqual([]);
});
