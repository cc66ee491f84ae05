import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { registry } from "./registry.ts";

test(
  "every node finds the actors that are there, and one that has stopped not for long",
  () => expectNoViolations(registry),
  seedsTimeoutMs,
);
