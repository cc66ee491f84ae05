import { existsSync } from "node:fs";
import { expect, test } from "vitest";
import { type SampleName, sampleGoal, sampleNames } from "./sample.ts";

const random = { next: () => 0, hex: (bytes: number) => "ab".repeat(bytes) };

test("every sample is a goal over a file that is there", () => {
  for (const name of sampleNames) {
    const goal = sampleGoal(name as SampleName, random);
    expect(existsSync(goal.source)).toBe(true);
    expect(goal).toMatchObject({ id: `${name}-ababab`, kind: "clean", output: name });
  }
});
