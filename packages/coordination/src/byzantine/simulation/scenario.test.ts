import { simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import {
  expectNoViolations,
  firstViolation,
  seedsTimeoutMs,
} from "../../simulation/seeds.test-data.ts";
import { pbft, pbftOneLiar, pbftSeven, pbftTwoLiars } from "./scenario.ts";

/** How many of the others' seeds: a simulation of seven replicas costs as much as three of four. */
const shareOfSeven = 0.1;
const shareOfOneLiar = 0.1;

test.each([
  [pbft, 1],
  [pbftSeven, shareOfSeven],
  [pbftOneLiar, shareOfOneLiar],
] as const)(
  "$0.name: $0.description",
  (scenario, share) => expectNoViolations(scenario, share),
  seedsTimeoutMs,
);

test("with one liar more than a group tolerates the honest replicas decide differently, and it is seen", async () => {
  const found = await firstViolation(pbftTwoLiars);
  const invariants = found?.violations.map(({ invariant }) => invariant);
  expect(invariants).toContain("all decide the same at every sequence");
});

test("the same seed gives the same simulation", async () => {
  const [once, again] = [await simulate(pbft, 5), await simulate(pbft, 5)];
  expect(again.hash).toBe(once.hash);
  expect((await simulate(pbft, 6)).hash).not.toBe(once.hash);
});
