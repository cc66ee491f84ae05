import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { snapshottedEntity } from "./journaled-entity.ts";

test(
  "states come back whole from snapshots, also when what they cover is purged meanwhile",
  () => expectNoViolations(snapshottedEntity),
  seedsTimeoutMs,
);
