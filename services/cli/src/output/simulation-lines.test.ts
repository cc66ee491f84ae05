import { expect, test } from "vitest";
import { plainPaint } from "./paint.ts";
import { simulationLines, violationLines } from "./simulation-lines.ts";

const screen = { width: 80, paint: plainPaint };
const summary = {
  scenario: "messaging",
  protocol: "actor",
  seeds: 100,
  firstSeed: 1,
  steps: 9,
  faults: 8,
  tookMs: 1200,
  violations: 0,
  failed: 0,
  failingSeeds: [],
  holds: true,
};

test("a scenario that held is one line with what it took", () => {
  expect(simulationLines(summary, screen)).toEqual([
    "✔ messaging  100 seeds, 8 faults, 9 steps in 1.2 s",
  ]);
});

test("a scenario that did not says how many seeds violate it", () => {
  const [line] = simulationLines(
    { ...summary, failed: 2, failingSeeds: [4, 7], holds: false },
    screen,
  );
  expect(line).toContain("✖ messaging: 2 of 100 seeds violate it");
});

test("a scenario that asks too much says that it was seen to break, or that it was not", () => {
  const beyond = { ...summary, beyond: "f + 1 liars" };
  const [found] = simulationLines({ ...beyond, failed: 1, foundAt: 3 }, screen);
  expect(found).toContain("✔ messaging: f + 1 liars break it, as they must, at seed 3");
  const [missed] = simulationLines({ ...beyond, holds: false }, screen);
  expect(missed).toContain("✖ messaging: f + 1 liars, and no violation is seen");
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
