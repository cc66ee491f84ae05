import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { planFor } from "../plan/plan-for.ts";
import type { PlanResult } from "../plan/result.ts";
import { DeadEnds } from "./dead-ends.ts";
import { randomProblem } from "./random-problem.test-data.ts";

afterEach(() => vi.restoreAllMocks());

const problems = randomProblem({ recursive: true, ordering: fc.constant("sequence" as const) });

const nodesOf = (result: PlanResult): number =>
  result.kind === "plan" ? result.plan.phases.decomposition.nodes : result.nodes;

test("remembering dead ends changes no answer and no plan", () => {
  let fewer = 0;
  fc.assert(
    fc.property(problems, fc.constantFrom("first", "cost"), (problem, order) => {
      const options = { order, contingencies: 0, maxNodes: 200_000 } as const;
      const remembering = planFor(problem.domain, problem, options);
      const forgetting = vi.spyOn(DeadEnds.prototype, "isKnown").mockReturnValue(false);
      const plain = planFor(problem.domain, problem, options);
      forgetting.mockRestore();
      expect(remembering.kind).toBe(plain.kind);
      if (nodesOf(remembering) < nodesOf(plain)) fewer++;
      if (remembering.kind !== "plan" || plain.kind !== "plan") return;
      expect(remembering.plan.cost).toBe(plain.plan.cost);
      expect(remembering.plan.steps).toEqual(plain.plan.steps);
    }),
    { numRuns: 3000, seed: 20_277 },
  );
  expect(fewer).toBeGreaterThan(10);
});
