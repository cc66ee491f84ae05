import fc from "fast-check";
import { expect, test } from "vitest";
import { planFor } from "../plan/plan-for.ts";
import { verifyPlan } from "../verify/verify-plan.ts";
import { randomProblem } from "./random-problem.test-data.ts";
import { ReferencePlanner } from "./reference-planner.test-data.ts";

const sequence = fc.constant("sequence" as const);

test("a plan is found exactly when a brute-force reference says that there is one, also with recursion", () => {
  let plans = 0;
  let none = 0;
  fc.assert(
    fc.property(randomProblem({ recursive: true, ordering: sequence }), (problem) => {
      const least = new ReferencePlanner(problem).leastCost(problem);
      const result = planFor(problem.domain, problem, { contingencies: 0, maxNodes: 200_000 });
      expect(result.kind).toBe(least === undefined ? "no-plan" : "plan");
      if (result.kind === "plan") {
        plans++;
        expect(verifyPlan(problem.domain, problem, result.plan)).toEqual([]);
      } else none++;
    }),
    { numRuns: 600, seed: 20_260 },
  );
  expect(plans).toBeGreaterThan(50);
  expect(none).toBeGreaterThan(50);
});

test("the cheapest plan costs what a brute-force reference says", () => {
  fc.assert(
    fc.property(randomProblem({ recursive: true, ordering: sequence }), (problem) => {
      const least = new ReferencePlanner(problem).leastCost(problem);
      const result = planFor(problem.domain, problem, { order: "cost", contingencies: 0 });
      if (least === undefined) return expect(result.kind).toBe("no-plan");
      if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
      if (result.plan.phases.decomposition.optimal) expect(result.plan.cost).toBe(least);
      expect(result.plan.cost).toBeGreaterThanOrEqual(least);
      expect(verifyPlan(problem.domain, problem, result.plan)).toEqual([]);
    }),
    { numRuns: 300, seed: 20_261 },
  );
});
