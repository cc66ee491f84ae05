import { type Simulated, simulate } from "@troupe/testkit";
import { expect } from "vitest";
import type { SimulatedScenario } from "./world.ts";

/** How many seeds each scenario is tried with; TROUPE_SEEDS in the environment says otherwise. */
export const seedCount = Number(process.env["TROUPE_SEEDS"] ?? 50);

/** Time for all of them, many times what they take, since a machine may have much else to do; what goes on for ever ends by itself. */
export const seedsTimeoutMs = Math.max(120_000, seedCount * 5000);

/** Seeds within which a scenario that asks too much has to show it. */
const seedsOfBeyond = 50;

/**
 * Runs a scenario for many seeds. A failure names the seed, and the command that replays it.
 *
 * @param part which part of the seeds, of how many, from 1: a scenario that costs more is tried in several files, which
 *   run beside each other. Default all of them
 */
export async function expectNoViolations(
  scenario: SimulatedScenario,
  { part, of }: { readonly part: number; readonly of: number } = { part: 1, of: 1 },
): Promise<void> {
  for (let seed = part; seed <= seedCount; seed += of) {
    const { violations, hash } = await simulate(scenario, seed);
    const replay = `troupe simulate --scenario ${scenario.name} --first-seed ${seed} --seeds 1 --trace`;
    expect(violations, `seed ${seed}, hash ${hash}; replay with: ${replay}`).toEqual([]);
  }
}

/** The first simulation with a violation. */
export async function firstViolation(scenario: SimulatedScenario): Promise<Simulated | undefined> {
  for (let seed = 1; seed <= seedsOfBeyond; seed += 1) {
    const simulated = await simulate(scenario, seed);
    if (simulated.violations.length > 0) return simulated;
  }
  return undefined;
}
