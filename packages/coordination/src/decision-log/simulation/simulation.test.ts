import { seededRandom, simulate } from "@troupe/testkit";
import { expect, test } from "vitest";
import { firstViolation, seedCount, seedsTimeoutMs } from "../../simulation/seeds.test-data.ts";
import type { Judge, LogOperation } from "./chronicle.ts";
import { checkLog } from "./log-model.test-data.ts";
import { journalBackEnd, logScenario, raftBackEnd, staleJournalLog } from "./log-scenario.ts";
import { simulateRaft } from "./simulate-raft.ts";

test(
  "replicas of a Raft group keep the five properties of the paper, whatever fails",
  () => {
    let decisions = 0;
    for (let seed = 1; seed <= seedCount; seed += 1) {
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
    expect(decisions / seedCount).toBeGreaterThan(20);
  },
  seedsTimeoutMs,
);

test.each([raftBackEnd, journalBackEnd])(
  "$name: $description",
  async (backEnd) => {
    let returned = 0;
    for (let seed = 1; seed <= seedCount; seed += 1) {
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
    expect(returned / seedCount).toBeGreaterThan(20);
  },
  seedsTimeoutMs,
);

test("a log over a journal whose reads lag is seen not to be linearizable", async () => {
  const found = await firstViolation(staleJournalLog);
  const invariants = found?.violations.map(({ invariant }) => invariant);
  expect(invariants).toContain("proposals and reads are linearizable");
});
