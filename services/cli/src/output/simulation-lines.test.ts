import { expect, test } from "vitest";
import { plainPaint } from "./paint.ts";
import { simulationLines, violationLines } from "./simulation-lines.ts";

const screen = { width: 80, paint: plainPaint };
const summary = {
  scenario: "messaging",
  seeds: 100,
  firstSeed: 1,
  steps: 9,
  faults: 8,
  tookMs: 1200,
};

test("a scenario that held is one line with what it took", () => {
  expect(simulationLines({ ...summary, failingSeeds: [] }, screen)).toEqual([
    "✔ messaging  100 seeds, 8 faults, 9 steps in 1.2 s",
  ]);
});

test("a scenario that did not says how many seeds violate it", () => {
  const [line] = simulationLines({ ...summary, failingSeeds: [4, 7] }, screen);
  expect(line).toContain("✖ messaging: 2 of 100 seeds violate it");
});

test("a failing seed says what did not hold, and how to see it again", () => {
  const violations = [{ invariant: "an ask ends in time", detail: "q1 took\n9 ms", at: 40 }];
  const simulated = {
    scenario: "messaging",
    seed: 4,
    hash: "0f",
    steps: 1,
    faults: 1,
    violations,
    trace: [],
  };
  expect(violationLines(simulated, "troupe simulate --seeds 1", screen)).toEqual([
    "✖ messaging, seed 4",
    "  at 40 ms not so: an ask ends in time (q1 took 9 ms)",
    "  → troupe simulate --seeds 1",
  ]);
});
