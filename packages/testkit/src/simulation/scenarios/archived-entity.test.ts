import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { archivedEntity } from "./journaled-entity.ts";

test(
  "every record is in the journal or in a segment, and counts once, whatever fails meanwhile",
  () => expectNoViolations(archivedEntity),
  seedsTimeoutMs,
);
