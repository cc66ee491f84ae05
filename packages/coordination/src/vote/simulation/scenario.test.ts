import { expect, test } from "vitest";
import {
  expectNoViolations,
  firstViolation,
  seedsTimeoutMs,
} from "../../simulation/seeds.test-data.ts";
import { voteScenarios } from "./scenario.ts";

test.each(voteScenarios.filter(({ beyond }) => beyond === undefined))(
  "$name: $description",
  (scenario) => expectNoViolations(scenario),
  seedsTimeoutMs,
);

test("with one liar more than a third tolerates two tellers are told different things, and it is seen", async () => {
  const beyond = voteScenarios.find((scenario) => scenario.beyond !== undefined);
  const found = beyond === undefined ? undefined : await firstViolation(beyond);
  const invariants = found?.violations.map(({ invariant }) => invariant);
  expect(invariants).toContain("one question is decided one way");
});
