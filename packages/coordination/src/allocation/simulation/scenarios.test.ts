import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../../simulation/seeds.test-data.ts";
import { allocationAuction } from "./allocation-scenario.ts";
import { allocationBundles } from "./bundle-scenario.ts";

test.each([allocationAuction, allocationBundles])(
  "$name: $description",
  (scenario) => expectNoViolations(scenario),
  seedsTimeoutMs,
);
