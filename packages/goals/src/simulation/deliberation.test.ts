import { simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import { deliberation, deliberationTwoLiars } from "./deliberation-scenario.ts";

const seeds = Number(process.env["TROUPE_SEEDS"] ?? 50);

test(
  deliberation.description,
  async () => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { violations, hash } = await simulate(deliberation, seed);
      const replay = `troupe simulate --scenario ${deliberation.name} --first-seed ${seed} --seeds 1 --trace`;
      expect(violations, `seed ${seed}, hash ${hash}; replay with: ${replay}`).toEqual([]);
    }
  },
  Math.max(120_000, seeds * 2000),
);

test("with two liars of six the honest cannot decide what they all find, and it is seen", async () => {
  const invariants = new Set<string>();
  for (let seed = 1; seed <= 10; seed += 1) {
    const { violations } = await simulate(deliberationTwoLiars, seed);
    for (const { invariant } of violations) invariants.add(invariant);
  }
  expect(invariants).toContain("what all honest analysts find is settled");
  // It costs a decision, never the truth.
  expect(invariants).not.toContain("a lie is not settled on");
});
