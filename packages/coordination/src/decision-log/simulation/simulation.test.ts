import { seededRandom, simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import type { Judge, LogOperation } from "./chronicle.ts";
import { checkLog } from "./log-model.test-data.ts";
import { journalBackEnd, logScenario, raftBackEnd } from "./log-scenario.ts";
import { simulateRaft } from "./simulate-raft.ts";

/** How many seeds are tried of pure replicas; TROUPE_SEEDS in the environment says otherwise. */
const seedsOfCore = Number(process.env["TROUPE_SEEDS"] ?? 300);
/** The same of whole actor systems, which cost more; TROUPE_AGREEMENT_SEEDS says otherwise. */
const seedsOfLogs = Number(process.env["TROUPE_AGREEMENT_SEEDS"] ?? 30);
const timeoutMs = Math.max(120_000, seedsOfCore * 500);

test(
  "replicas of a Raft group keep the five properties of the paper, whatever fails",
  () => {
    let decisions = 0;
    for (let seed = 1; seed <= seedsOfCore; seed += 1) {
      const violations: string[] = [];
      const judge: Judge = {
        require: (holds, invariant, detail) => {
          if (!holds) violations.push(`${invariant}: ${detail()}`);
        },
        trace: { add: () => {} },
      };
      const simulated = simulateRaft(seededRandom(seed), judge);
      expect(violations, `seed ${seed} of simulateRaft`).toEqual([]);
      const { linearizable } = checkLog(simulated.operations);
      expect(linearizable, `seed ${seed} of simulateRaft`).toBe(true);
      decisions += simulated.decisions;
    }
    expect(decisions / seedsOfCore).toBeGreaterThan(20);
  },
  timeoutMs,
);

test.each([raftBackEnd, journalBackEnd])(
  "$name: $description",
  async (backEnd) => {
    let returned = 0;
    for (let seed = 1; seed <= seedsOfLogs; seed += 1) {
      let operations: readonly LogOperation[] = [];
      const scenario = logScenario(backEnd, (all) => {
        operations = all;
      });
      const { violations } = await simulate(scenario, seed);
      const replay = `troupe simulate --scenario ${backEnd.name} --first-seed ${seed} --seeds 1 --trace`;
      expect(violations, `seed ${seed}; replay with: ${replay}`).toEqual([]);
      expect(checkLog(operations).linearizable, `seed ${seed}`).toBe(true);
      returned += operations.filter((one) => one.return !== undefined).length;
    }
    expect(returned / seedsOfLogs).toBeGreaterThan(20);
  },
  timeoutMs,
);

test("a log over a journal whose reads lag is seen not to be linearizable", async () => {
  const staleReads = { times: 4, forMs: [4000, 8000], stale: 0.5, lagMs: 3000 } as const;
  const faults = { ...journalBackEnd.faults, staleReads };
  const found = new Set<string>();
  for (let seed = 1; seed <= 20; seed += 1) {
    const { violations } = await simulate(logScenario({ ...journalBackEnd, faults }), seed);
    for (const { invariant } of violations) found.add(invariant);
  }
  expect(found).toContain("proposals and reads are linearizable");
});
