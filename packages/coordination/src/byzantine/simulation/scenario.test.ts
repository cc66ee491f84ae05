import { simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import { agreementScenario, pbft, pbftSeven } from "./scenario.ts";

/** How many seeds are tried, a third of a second each; TROUPE_AGREEMENT_SEEDS in the environment says otherwise. */
const seedCount = Number(process.env["TROUPE_AGREEMENT_SEEDS"] ?? 60);
/** A simulation of seven replicas costs as much as three of four. */
const seedCountOfSeven = Math.ceil(seedCount / 10);
const timeoutMs = Math.max(120_000, seedCount * 3000);
/** Seeds within which two liars of four have to show. */
const seedsOfTwoLiars = 20;

const four = ["a", "b", "c", "d"];

for (const [scenario, count] of [
  [pbft, seedCount],
  [pbftSeven, seedCountOfSeven],
] as const) {
  test(
    `${scenario.name}: ${scenario.description}`,
    async () => {
      for (let seed = 1; seed <= count; seed += 1) {
        const { violations, hash } = await simulate(scenario, seed);
        const replay = `troupe simulate --scenario ${scenario.name} --first-seed ${seed} --seeds 1 --trace`;
        expect(violations, `seed ${seed}, hash ${hash}; replay with: ${replay}`).toEqual([]);
      }
    },
    timeoutMs,
  );
}

test(
  "with one liar more than a group tolerates the honest replicas decide differently, and it is seen",
  async () => {
    const manner = { habits: ["equivocate", "agree"], inclination: 1 } as const;
    const liars = new Map([
      ["a", manner],
      ["b", manner],
    ]);
    const scenario = agreementScenario("two-liars", "too many liars", four, () => liars);
    const invariants = new Set<string>();
    for (let seed = 1; seed <= seedsOfTwoLiars; seed += 1) {
      const { violations } = await simulate(scenario, seed);
      for (const { invariant } of violations) invariants.add(invariant);
    }
    expect(invariants).toContain("all decide the same at every sequence");
  },
  timeoutMs,
);

test(
  "one liar of the same kind does no harm",
  async () => {
    const liars = new Map([["a", { habits: ["equivocate", "agree"], inclination: 1 } as const]]);
    const scenario = agreementScenario("one-liar", "as many liars as allowed", four, () => liars);
    for (let seed = 1; seed <= seedsOfTwoLiars; seed += 1) {
      const { violations } = await simulate(scenario, seed);
      expect(violations, `seed ${seed}`).toEqual([]);
    }
  },
  timeoutMs,
);

test("the same seed gives the same simulation", async () => {
  const [once, again] = [await simulate(pbft, 5), await simulate(pbft, 5)];
  expect(again.hash).toBe(once.hash);
  expect((await simulate(pbft, 6)).hash).not.toBe(once.hash);
});
