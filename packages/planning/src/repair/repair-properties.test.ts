import fc from "fast-check";
import { expect, test } from "vitest";
import { Facts } from "../plan/facts.ts";
import { planFor } from "../plan/plan-for.ts";
import { possibleFacts, randomProblem } from "../search/random-problem.test-data.ts";
import { verifyPlan } from "../verify/verify-plan.ts";
import { applyStep } from "./present.ts";
import { repairPlan } from "./repair-plan.ts";

const problems = randomProblem({ recursive: true, ordering: fc.constant("sequence" as const) });
const options = { contingencies: 0, maxNodes: 20_000 };
const objects = new Map([
  ["a", new Set<string>()],
  ["b", new Set<string>()],
]);

test("a repaired plan goes on from what was executed, is valid as a whole and keeps identifiers apart", () => {
  let repaired = 0;
  let widened = 0;
  fc.assert(
    fc.property(problems, fc.nat(), fc.nat(), fc.boolean(), (problem, where, flip, disturbed) => {
      const first = planFor(problem.domain, problem, options);
      if (first.kind !== "plan" || first.plan.steps.length === 0) return;
      let plan = first.plan;
      const ever = new Set(plan.steps.map((each) => each.id));
      for (let round = 0; round < 2 && plan.executed < plan.steps.length; round++) {
        const done = plan.executed + (where % (plan.steps.length - plan.executed));
        const executed = plan.steps.slice(0, done);
        const facts = new Facts(problem.facts, objects);
        for (let i = 0; i <= executed.length; i++) {
          for (const each of plan.observations.filter(({ after }) => after === i)) {
            for (const fact of each.removed) facts.remove(fact);
            for (const fact of each.added) facts.add(fact);
          }
          const step = executed[i];
          if (step !== undefined) applyStep(problem.domain, step, facts);
        }
        if (disturbed) {
          const fact = possibleFacts[flip % possibleFacts.length];
          if (fact !== undefined && !facts.remove(fact)) facts.add(fact);
        }
        const failed = plan.steps[done]?.id ?? "";
        const completed = executed.map((each) => each.id);
        const result = repairPlan(
          problem.domain,
          plan,
          { completed, failed, facts: facts.all() },
          options,
        );
        if (result.kind !== "repaired") return;
        repaired++;
        if (result.attempts.length > 1) widened++;
        expect(result.plan.steps.slice(0, done).map((each) => each.id)).toEqual(completed);
        expect(result.removed).toContain(failed);
        expect([...result.kept, ...result.removed].sort()).toEqual(
          plan.steps.map((each) => each.id).sort(),
        );
        for (const id of result.added) {
          expect(ever.has(id), `${id} was given before`).toBe(false);
          ever.add(id);
        }
        expect(verifyPlan(problem.domain, problem, result.plan)).toEqual([]);
        plan = result.plan;
      }
    }),
    { numRuns: 4000, seed: 20_270 },
  );
  expect(repaired).toBeGreaterThan(100);
  expect(widened).toBeGreaterThan(10);
});
