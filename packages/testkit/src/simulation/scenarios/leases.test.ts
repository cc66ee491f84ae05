import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { leases } from "./leases.ts";

test(
  "fencing tokens only grow, and a holder whose time is over writes no more",
  () => expectNoViolations(leases),
  seedsTimeoutMs,
);
