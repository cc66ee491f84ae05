import fc from "fast-check";
import { afterEach, expect, test, vi } from "vitest";
import { not } from "../domain/condition.ts";
import { defineDomain } from "../domain/define-domain.ts";
import { planFor } from "../plan/plan-for.ts";
import { GoalReach, union } from "./goal-reach.ts";
import { randomProblem } from "./random-problem.test-data.ts";
import { Symbols } from "./symbols.ts";

afterEach(() => vi.restoreAllMocks());

const lamps = defineDomain({
  name: "lamps",
  actions: {
    press: { parameters: ["?l"], effects: { add: [["on", "?l"]] } },
    cut: { parameters: ["?a", "?b"], effects: { remove: [["on", "?b"]] } },
    swap: { parameters: [], effects: { add: [["on", "a"]], remove: [["on", "b"]] } },
  },
  tasks: {
    light: { parameters: ["?x", "?y"] },
    anything: { parameters: ["?z"] },
    wait: { parameters: [] },
  },
  methods: {
    light: { task: ["light", "?x", "?y"], subtasks: [["press", "?y"], ["wait"]] },
    again: { task: ["light", "?x", "?y"], subtasks: [["light", "?y", "?x"]] },
    anything: { task: ["anything", "?z"], parameters: ["?l"], subtasks: [["cut", "?z", "?l"]] },
    nothing: { task: ["wait"], subtasks: [] },
  },
});
const goal = [["on", "a"], ["on", "b"], not(["on", "c"])] as const;
const problem = { facts: [["on", "c"]], tasks: [["light", "a", "b"]], goal } as const;
const symbols = new Symbols(lamps, problem);
const reach = new GoalReach(lamps, goal, symbols);
const goalsOf = (name: string, ...args: readonly string[]) => {
  const [word = 0] = reach.of(
    name,
    args.map((each) => symbols.object(each)),
  );
  return [0, 1, 2].filter((i) => ((word >> i) & 1) === 1);
};

test("an action may bring about the goals that its effects with its arguments are", () => {
  expect(goalsOf("press", "a")).toEqual([0]);
  expect(goalsOf("press", "c")).toEqual([]);
  expect(goalsOf("cut", "a", "c")).toEqual([2]);
  expect(goalsOf("cut", "c", "a")).toEqual([]);
  expect(goalsOf("swap")).toEqual([0]);
});

test("a task may bring about what any decomposition of it may, through all recursion", () => {
  expect(goalsOf("light", "a", "c")).toEqual([0]);
  expect(goalsOf("light", "b", "a")).toEqual([0, 1]);
  expect(goalsOf("anything", "a")).toEqual([2]);
  expect(goalsOf("wait")).toEqual([]);
});

test("sets of goals are joined word by word, and shared where one holds the other", () => {
  const some = [1, 0];
  const more = [3, 4];
  expect(union(some, more)).toBe(more);
  expect(union(more, [0, 8])).toEqual([3, 12]);
});

test("goals beyond the first 32 are kept apart", () => {
  const places = Array.from({ length: 70 }, (_, i) => `l${i}`);
  const many = {
    facts: [],
    tasks: places.map((each) => ["press", each] as const),
    goal: places.map((each) => ["on", each] as const),
  };
  const all = planFor(lamps, many);
  expect(all.kind).toBe("plan");
  const without = planFor(lamps, { ...many, tasks: many.tasks.filter((_, i) => i !== 40) });
  expect(without).toMatchObject({
    kind: "no-plan",
    reason: { kind: "goal", condition: ["on", "l40"] },
  });
});

test("giving up lost goals early changes no answer and no plan", () => {
  const problems = randomProblem({ recursive: true, ordering: fc.constantFrom("sequence", "any") });
  let lost = 0;
  fc.assert(
    fc.property(problems, fc.constantFrom("first", "cost"), (random, order) => {
      const options = { order, contingencies: 0, maxNodes: 20_000 } as const;
      const early = planFor(random.domain, random, options);
      const never = vi.spyOn(GoalReach.prototype, "lost").mockReturnValue(undefined);
      const late = planFor(random.domain, random, options);
      never.mockRestore();
      if (late.kind === "limit-reached") return;
      expect(early.kind).toBe(late.kind);
      if (early.kind === "plan" && late.kind === "plan") {
        expect(early.plan.cost).toBe(late.plan.cost);
        if (order === "first") expect(early.plan.steps).toEqual(late.plan.steps);
      } else if (early.kind === "no-plan" && late.kind === "no-plan") {
        if (early.nodes < late.nodes) lost++;
      }
    }),
    { numRuns: 1000, seed: 20_278 },
  );
  expect(lost).toBeGreaterThan(15);
});
