import { expect, test } from "vitest";
import { estimate, learn, noExperience } from "./experience.ts";

test("an agent without experience says so", () => {
  expect(estimate(noExperience, 1_000_000)).toMatchObject({ quality: 0.5, confidence: 0.5 });
});

test("estimates move towards what was measured", () => {
  let experience = noExperience;
  const before = estimate(experience, 2_000_000).durationMs;
  for (let round = 0; round < 30; round += 1) {
    experience = learn(experience, { succeeded: true, durationMs: 1000, bytes: 2_000_000 });
  }
  expect(before).toBeLessThan(200);
  expect(estimate(experience, 2_000_000).durationMs).toBeGreaterThan(950);
  expect(estimate(experience, 2_000_000).durationMs).toBeLessThan(1050);
});

test("failures lower the quality an agent claims, not its speed", () => {
  const failed = learn(noExperience, { succeeded: false, durationMs: 9000, bytes: 10 });
  expect(estimate(failed, 10).durationMs).toBe(estimate(noExperience, 10).durationMs);
  expect(estimate(failed, 10).quality).toBeCloseTo(1 / 3);
});
