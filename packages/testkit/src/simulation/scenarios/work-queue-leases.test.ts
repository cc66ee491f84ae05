import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { workQueueLeases } from "./work-queue-leases.ts";

test(
  "nothing acknowledged is lost, and each item is finished and recorded once",
  () => expectNoViolations(workQueueLeases),
  seedsTimeoutMs,
);
