import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { entities } from "./entities.ts";

test(
  "an acknowledged increment counts once, one activation writes at a time, and counters are linearizable",
  () => expectNoViolations(entities),
  seedsTimeoutMs,
);
