import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../../simulation/seeds.test-data.ts";
import { auctionScenarios } from "./scenario.ts";

test.each(auctionScenarios.filter(({ beyond }) => beyond === undefined))(
  "$name: $description",
  (scenario) => expectNoViolations(scenario),
  seedsTimeoutMs,
);
