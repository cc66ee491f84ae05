import type { GoalTrails } from "@troupe/goals";
import { expect, test } from "vitest";
import { trailAnswer, trailAnswerSchema } from "./trails.ts";

const spent = { calls: 1, tokens: 20, cost: 0 };

/** An agent that has done so many steps, each seeing what is given. */
function trailsOf(steps: number, observation: unknown): GoalTrails {
  const trail = {
    task: "look",
    agent: "agent",
    depth: 0,
    beganAt: 0,
    lastAt: steps,
    resumed: 0,
    steps: Array.from({ length: steps }, (_, index) => ({
      number: index + 1,
      decidedAt: index,
      thought: "hm",
      action: "query",
      input: { sql: "SELECT 1" },
      took: spent,
      observed: { at: index, ok: true, observation, quality: 1, durationMs: 2 },
    })),
    interventions: [],
    spent,
    isWhole: true,
  };
  return { goal: "g", trails: [trail], more: false };
}

test("of many steps the newest are told, and how many came before", () => {
  const [trail] = trailAnswer(trailsOf(130, "x")).trails;
  expect(trail?.earlier).toBe(30);
  expect(trail?.steps.map(({ number }) => number)).toEqual(
    Array.from({ length: 100 }, (_, index) => index + 31),
  );
});

test("what an agent saw is text, cut off where it is long", () => {
  const [trail] = trailAnswer(trailsOf(1, { rows: "x".repeat(9000) })).trails;
  const [step] = trail?.steps ?? [];
  expect(step?.observed?.text).toMatch(/^\{\n {2}"rows": "x+…$/);
  expect(step?.observed?.text).toHaveLength(3001);
  expect(trailAnswerSchema.safeParse(trailAnswer(trailsOf(3, null))).success).toBe(true);
});

test("how it ended is told with its result, or with why it was stopped", () => {
  const told = trailsOf(1, "x");
  const endedBy = (end: object) =>
    trailAnswer({ ...told, trails: told.trails.map((trail) => ({ ...trail, end })) } as GoalTrails)
      .trails[0]?.end;
  expect(endedBy({ at: 9, result: { sum: 3 } })).toMatchObject({ at: 9, ok: true });
  expect(endedBy({ at: 9, stop: { code: "agent-limit", message: "no more steps" } })).toEqual({
    at: 9,
    ok: false,
    text: "agent-limit: no more steps",
  });
});
