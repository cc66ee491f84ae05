import fc from "fast-check";
import { expect, test } from "vitest";
import { atomText, either, substituteCondition } from "../domain/condition.ts";
import { defineDomain } from "../domain/define-domain.ts";
import { Facts, ground } from "../plan/facts.ts";
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
      if (least === undefined) {
        expect(result.kind).toBe("no-plan");
        return;
      }
      if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
      if (result.plan.phases.decomposition.optimal) expect(result.plan.cost).toBe(least);
      expect(result.plan.cost).toBeGreaterThanOrEqual(least);
      expect(verifyPlan(problem.domain, problem, result.plan)).toEqual([]);
    }),
    { numRuns: 300, seed: 20_261 },
  );
});

/** Problems without recursion, whose plans can all be listed. */
const finite = randomProblem({ recursive: false, ordering: sequence });

test("asking for many plans gives distinct ones in order of cost", () => {
  fc.assert(
    fc.property(finite, (problem) => {
      const options = { order: "cost", best: 5, contingencies: 0 } as const;
      const result = planFor(problem.domain, problem, options);
      if (result.kind !== "plan") return;
      const costs = result.plans.map((each) => each.cost);
      expect(costs).toEqual(costs.toSorted((a, b) => a - b));
      const texts = result.plans.map((plan) =>
        JSON.stringify(plan.steps.map((each) => [each.action, each.args])),
      );
      expect(new Set(texts).size).toBe(texts.length);
      for (const plan of result.plans)
        expect(verifyPlan(problem.domain, problem, plan)).toEqual([]);
    }),
    { numRuns: 200, seed: 20_262 },
  );
});

test("the most probable, the cheapest and the quickest plan are the best of all plans", () => {
  fc.assert(
    fc.property(finite, (problem) => {
      const all = planFor(problem.domain, problem, { best: 2000, contingencies: 0 });
      if (all.kind !== "plan" || all.plans.length >= 2000) return;
      const best = (order: "cost" | "confidence" | "duration") => {
        const result = planFor(problem.domain, problem, { order, contingencies: 0 });
        if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
        expect(result.plan.phases.decomposition.optimal).toBe(true);
        return result.plan;
      };
      expect(best("cost").cost).toBe(Math.min(...all.plans.map((each) => each.cost)));
      expect(best("duration").makespan).toBe(Math.min(...all.plans.map((each) => each.makespan)));
      const most = Math.max(...all.plans.map((each) => each.confidence));
      expect(best("confidence").confidence).toBeCloseTo(most, 9);
    }),
    { numRuns: 200, seed: 20_263 },
  );
});

test("where the order is free, a plan is found whenever one in sequence exists, and every plan is valid", () => {
  const loose = randomProblem({ recursive: false, ordering: fc.constantFrom("any", "sequence") });
  fc.assert(
    fc.property(loose, (problem) => {
      const least = new ReferencePlanner(problem).leastCost(problem);
      const result = planFor(problem.domain, problem, { contingencies: 0, maxNodes: 100_000 });
      if (least !== undefined) expect(result.kind).toBe("plan");
      if (result.kind === "plan")
        expect(verifyPlan(problem.domain, problem, result.plan)).toEqual([]);
    }),
    { numRuns: 300, seed: 20_264 },
  );
});

test("any order that keeps a plan's dependencies can be executed and ends in the same facts", () => {
  const problems = randomProblem({ recursive: true, ordering: fc.constantFrom("any", "sequence") });
  fc.assert(
    fc.property(problems, fc.infiniteStream(fc.nat()), (problem, dice) => {
      const result = planFor(problem.domain, problem, { contingencies: 0, maxNodes: 20_000 });
      if (result.kind !== "plan") return;
      const { steps, dependencies } = result.plan;
      const order: string[] = [];
      while (order.length < steps.length) {
        const ready = steps.filter(
          ({ id }) =>
            !order.includes(id) && dependencies[id]?.every((each) => order.includes(each)),
        );
        order.push(ready[(dice.next().value ?? 0) % ready.length]?.id ?? "");
      }
      const end = (ids: readonly string[]) => {
        const facts = new Facts(
          problem.facts,
          new Map([
            ["a", new Set()],
            ["b", new Set()],
          ]),
        );
        for (const id of ids) {
          const step = steps.find((each) => each.id === id);
          const action = problem.domain.actions.get(step?.action ?? "");
          const binding = new Map([["?x", step?.args[0] ?? ""]]);
          for (const each of action?.preconditions ?? []) {
            expect(facts.holds(substituteCondition(each, binding)), `${id} in ${ids}`).toBe(true);
          }
          for (const each of action?.remove ?? []) facts.remove(ground(each, binding));
          for (const each of action?.add ?? []) facts.add(ground(each, binding));
        }
        return facts.all().map(atomText).sort();
      };
      expect(end(order)).toEqual(end(steps.map((each) => each.id)));
    }),
    { numRuns: 400, seed: 20_265 },
  );
});

test("time that is up ends the search inside one method with a great many bindings too", () => {
  const domain = defineDomain({
    name: "many",
    actions: { act: { parameters: ["?a"] } },
    tasks: { go: { parameters: [] } },
    methods: {
      m: {
        task: ["go"],
        parameters: ["?a", "?b", "?c", "?d", "?e"],
        preconditions: [
          ...["?a", "?b", "?c", "?d", "?e"].map((each) => ["thing", each] as const),
          either(["same", "?a", "?b", "?c", "?d", "?e"], ["same", "?e", "?d", "?c", "?b", "?a"]),
        ],
        subtasks: [["act", "?a"]],
      },
    },
  });
  const facts = Array.from({ length: 300 }, (_, i) => ["thing", `x${i}`] as const);
  let asked = 0;
  const result = planFor(domain, { facts, tasks: [["go"]] }, { expired: () => ++asked > 3 });
  expect(result).toMatchObject({ kind: "limit-reached", limit: "time" });
});
