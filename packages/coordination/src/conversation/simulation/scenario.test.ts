import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../../simulation/seeds.test-data.ts";
import { conversationScenario } from "./scenario.ts";

test(
  `conversation: ${conversationScenario.description}`,
  () => expectNoViolations(conversationScenario),
  seedsTimeoutMs,
);
