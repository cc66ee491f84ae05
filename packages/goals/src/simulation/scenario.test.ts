import { simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import { goalScenario } from "./scenario.ts";

/** How many seeds are tried; TROUPE_SEEDS in the environment says otherwise. */
const seedCount = Number(process.env["TROUPE_SEEDS"] ?? 50);
const timeoutMs = Math.max(120_000, seedCount * 1000);

test(
  goalScenario.description,
  async () => {
    for (let seed = 1; seed <= seedCount; seed += 1) {
      const { violations, hash } = await simulate(goalScenario, seed);
      const replay = `troupe simulate --scenario goals --first-seed ${seed} --seeds 1 --trace`;
      expect(violations, `seed ${seed}, hash ${hash}; replay with: ${replay}`).toEqual([]);
    }
  },
  timeoutMs,
);
