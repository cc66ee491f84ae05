import { simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import { replanning } from "./scenario.ts";

const seeds = 1000;

test(`${replanning.name}: ${replanning.description}`, async () => {
  const seen = { contingencies: 0, failures: 0, conferences: 0 };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const { violations, trace } = await simulate(replanning, seed, { trace: true });
    const replay = `troupe simulate --scenario ${replanning.name} --first-seed ${seed} --seeds 1 --trace`;
    expect(violations, `seed ${seed}; replay with: ${replay}`).toEqual([]);
    seen.contingencies += trace.filter((line) => /replanned .*by-/.test(line)).length;
    seen.conferences += trace.filter((line) => line.includes("conferred")).length;
    seen.failures += trace.filter((line) => line.includes("failed")).length;
  }
  expect(seen.failures).toBeGreaterThan(seeds);
  expect(seen.contingencies).toBeGreaterThan(seeds / 10);
  expect(seen.conferences).toBeGreaterThan(seeds / 10);
}, 120_000);
