import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { messaging } from "./messaging.ts";

test(
  "messages come at most once and in order, and every ask has one outcome in time, whatever the network does",
  () => expectNoViolations(messaging),
  seedsTimeoutMs,
);
