import { expect } from "vitest";
import type { FaultPlan } from "../fault-plan.ts";
import type { Scenario } from "../scenario.ts";
import { type Simulated, simulate } from "../simulate.ts";

/** How many seeds each scenario is tried with; TROUPE_SEEDS in the environment says otherwise. */
const seedCount = Number(process.env["TROUPE_SEEDS"] ?? 100);

/** Time for all of them: a thousand take a quarter of it. */
export const seedsTimeoutMs = Math.max(60_000, seedCount * 200);

/** Runs a scenario for many seeds. A failure names the seed, and the command that replays it. */
export async function expectNoViolations(scenario: Scenario): Promise<void> {
  for (let seed = 1; seed <= seedCount; seed += 1) {
    const { violations, hash } = await simulate(scenario, seed);
    const replay = `troupe simulate --scenario ${scenario.name} --first-seed ${seed} --seeds 1 --trace`;
    expect(violations, `seed ${seed}, hash ${hash}; replay with: ${replay}`).toEqual([]);
  }
}

/** The first simulation with a violation when these faults are added to a scenario's own. */
export async function firstViolation(
  scenario: Scenario,
  more: FaultPlan,
  seeds = 200,
): Promise<Simulated | undefined> {
  const harder = { ...scenario, faults: { ...scenario.faults, ...more } };
  for (let seed = 1; seed <= seeds; seed += 1) {
    const simulated = await simulate(harder, seed);
    if (simulated.violations.length > 0) return simulated;
  }
  return undefined;
}
