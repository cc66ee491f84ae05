import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../../simulation/seeds.test-data.ts";
import { pbftSeven } from "./scenario.ts";

// A simulation of seven replicas costs as much as three of four: the other seeds are in a file of their own.
test(
  `${pbftSeven.name}, odd seeds: ${pbftSeven.description}`,
  () => expectNoViolations(pbftSeven, { part: 1, of: 2 }),
  seedsTimeoutMs,
);
