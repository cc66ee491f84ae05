import { simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import { deliberationScenario } from "./deliberation-scenario.ts";

const seeds = Number(process.env["TROUPE_SEEDS"] ?? 50);

test(
  deliberationScenario.description,
  async () => {
    for (let seed = 1; seed <= seeds; seed += 1) {
      const { violations, hash } = await simulate(deliberationScenario, seed);
      const replay = `troupe simulate --scenario ${deliberationScenario.name} --first-seed ${seed} --seeds 1 --trace`;
      expect(violations, `seed ${seed}, hash ${hash}; replay with: ${replay}`).toEqual([]);
    }
  },
  Math.max(120_000, seeds * 2000),
);
