import { test } from "vitest";
import { expectNoViolations, seedsTimeoutMs } from "../testing/seeds.test-data.ts";
import { journaledEntity } from "./journaled-entity.ts";

test(
  "no acknowledged append is lost and no history forks, whatever the journal does within its contract",
  () => expectNoViolations(journaledEntity),
  seedsTimeoutMs,
);
