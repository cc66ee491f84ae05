import { simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import {
  expectNoViolations,
  firstViolation,
  seedsTimeoutMs,
} from "../../simulation/seeds.test-data.ts";
import { pbft, pbftTwoLiars } from "./scenario.ts";

test(`${pbft.name}: ${pbft.description}`, () => expectNoViolations(pbft), seedsTimeoutMs);

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
