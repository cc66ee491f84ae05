import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../../simulation/seeds.test-data.ts";
import { hierarchyScenario } from "./scenario.ts";

test(
  `hierarchy: ${hierarchyScenario.description}`,
  () => expectNoViolations(hierarchyScenario),
  seedsTimeoutMs,
);
