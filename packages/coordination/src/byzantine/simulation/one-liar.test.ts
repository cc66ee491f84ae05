import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../../simulation/seeds.test-data.ts";
import { pbftOneLiar } from "./scenario.ts";

test(
  `${pbftOneLiar.name}: ${pbftOneLiar.description}`,
  () => expectNoViolations(pbftOneLiar),
  seedsTimeoutMs,
);
