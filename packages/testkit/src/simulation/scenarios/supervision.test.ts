import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { supervision } from "./supervision.ts";

test(
  "restarts follow the rule, and no message is lost, run too often or run from quarantine",
  () => expectNoViolations(supervision),
  seedsTimeoutMs,
);
