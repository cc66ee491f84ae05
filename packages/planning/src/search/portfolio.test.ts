import { expect, test } from "vitest";
import { type Condition, not } from "../domain/condition.ts";
import { defineDomain } from "../domain/define-domain.ts";
import type { Domain } from "../domain/domain.ts";
import { planFor } from "../plan/plan-for.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { verifyPlan } from "../verify/verify-plan.ts";

/** More than enough for the right search, far from enough for the others. */
const maxNodes = 200_000;
const things = Array.from({ length: 24 }, (_, i) => `x${i}`);

function stepsOf(domain: Domain, problem: PlanningProblem): readonly string[] {
  const result = planFor(domain, problem, { maxNodes, contingencies: 0 });
  if (result.kind !== "plan") throw new Error(JSON.stringify(result));
  expect(verifyPlan(domain, problem, result.plan)).toEqual([]);
  return result.plan.steps.map(({ action, args }) => [action, ...args].join(" "));
}

/** A lamp is lit or put out; the task says how to go on. */
const actions = {
  light: {
    parameters: ["?x"],
    preconditions: [not(["lit", "?x"])],
    effects: { add: [["lit", "?x"]] },
  },
  douse: {
    parameters: ["?x"],
    preconditions: [["lit", "?x"]],
    effects: { remove: [["lit", "?x"]] },
  },
} as const;
const on = {
  task: ["work"],
  parameters: ["?x"],
  preconditions: [["lamp", "?x"], not(["lit", "?x"])],
  subtasks: [["light", "?x"], ["work"]],
} as const;
const off = {
  task: ["work"],
  parameters: ["?x"],
  preconditions: [["lit", "?x"]],
  subtasks: [["douse", "?x"], ["work"]],
} as const;
const lamps = things.map((each) => ["lamp", each] as const);

test("a method that ends a recursion is tried early too, though the domain lists those that go on before it", () => {
  const domain = defineDomain({
    name: "last",
    actions: {
      ...actions,
      check: {
        parameters: [],
        preconditions: things.slice(0, 20).map((each): Condition => ["lit", each]),
      },
    },
    tasks: { work: { parameters: [] } },
    methods: { on, off, done: { task: ["work"], subtasks: [["check"]] } },
  });
  const steps = stepsOf(domain, { facts: lamps, tasks: [["work"]] });
  expect(steps.at(-1)).toBe("check");
});

test("a method that goes on is tried first too, though the domain lists the one that stops before it", () => {
  const ferry = {
    parameters: ["?x", "?from", "?to"],
    preconditions: [["at", "?x", "?from"]],
    effects: { remove: [["at", "?x", "?from"]], add: [["at", "?x", "?to"]] },
  } as const;
  const domain = defineDomain({
    name: "first",
    actions: { ferry },
    tasks: { leg: { parameters: ["?from", "?to"] } },
    methods: {
      enough: { task: ["leg", "?from", "?to"], subtasks: [] },
      another: {
        task: ["leg", "?from", "?to"],
        parameters: ["?x"],
        preconditions: [["at", "?x", "?from"]],
        subtasks: [
          ["ferry", "?x", "?from", "?to"],
          ["leg", "?from", "?to"],
        ],
      },
    },
  });
  const steps = stepsOf(domain, {
    facts: things.map((each) => ["at", each, "here"]),
    tasks: [
      ["leg", "here", "island"],
      ["leg", "island", "there"],
    ],
    goal: things.map((each) => ["at", each, "there"]),
  });
  expect(steps).toHaveLength(2 * things.length);
});

test("where no order of methods helps, the goals that are lacking show the way", () => {
  const domain = defineDomain({
    name: "guided",
    actions,
    tasks: { work: { parameters: [] } },
    methods: { off, on, done: { task: ["work"], subtasks: [] } },
  });
  const goal = things.map((each): Condition => ["lit", each]);
  const steps = stepsOf(domain, { facts: lamps, tasks: [["work"]], goal });
  expect(steps).toHaveLength(things.length);
});

const town = defineDomain({
  name: "town",
  actions: {
    drive: {
      parameters: ["?from", "?to"],
      preconditions: [
        ["truck", "?from"],
        ["road", "?from", "?to"],
      ],
      effects: { remove: [["truck", "?from"]], add: [["truck", "?to"]] },
    },
    stay: { parameters: ["?to"], preconditions: [["truck", "?to"]] },
    load: {
      parameters: ["?x", "?at"],
      preconditions: [["truck", "?at"], ["at", "?x", "?at"], ["empty"]],
      effects: { remove: [["at", "?x", "?at"], ["empty"]], add: [["in", "?x"]] },
    },
    unload: {
      parameters: ["?x", "?at"],
      preconditions: [
        ["truck", "?at"],
        ["in", "?x"],
      ],
      effects: { remove: [["in", "?x"]], add: [["at", "?x", "?at"], ["empty"]] },
    },
  },
  tasks: { deliver: { parameters: ["?x", "?to"] }, go: { parameters: ["?to"] } },
  methods: {
    deliver: {
      task: ["deliver", "?x", "?to"],
      parameters: ["?from"],
      subtasks: [
        ["go", "?from"],
        ["load", "?x", "?from"],
        ["go", "?to"],
        ["unload", "?x", "?to"],
      ],
    },
    straight: { task: ["go", "?to"], parameters: ["?from"], subtasks: [["drive", "?from", "?to"]] },
    over: {
      task: ["go", "?to"],
      parameters: ["?over"],
      subtasks: [
        ["go", "?over"],
        ["drive", "?over", "?to"],
      ],
    },
    there: { task: ["go", "?to"], subtasks: [["stay", "?to"]] },
  },
});

test("tasks that may alternate are planned one after the other where that is enough", () => {
  const places = Array.from({ length: 6 }, (_, i) => `l${i}`);
  const roads = places
    .slice(1)
    .flatMap((each, i) => [["road", `l${i}`, each] as const, ["road", each, `l${i}`] as const]);
  const parcels = things.slice(0, 5);
  const problem: PlanningProblem = {
    facts: [
      ["truck", "l0"],
      ["empty"],
      ...roads,
      ...parcels.map((each, i) => ["at", each, `l${i}`] as const),
    ],
    tasks: parcels.map((each, i) => ["deliver", each, `l${5 - i}`]),
    ordering: "any",
  };
  expect(stepsOf(town, problem).filter((each) => each.startsWith("unload"))).toHaveLength(5);
});

test("tasks that must alternate are planned all the same", () => {
  const step = (needs: string, gives: string) =>
    ({ parameters: [], preconditions: [[needs]], effects: { add: [[gives]] } }) as const;
  const domain = defineDomain({
    name: "alternating",
    actions: {
      a1: step("zero", "one"),
      b1: step("one", "two"),
      a2: step("two", "three"),
      b2: step("three", "four"),
    },
    tasks: { a: { parameters: [] }, b: { parameters: [] } },
    methods: {
      a: { task: ["a"], subtasks: [["a1"], ["a2"]] },
      b: { task: ["b"], subtasks: [["b1"], ["b2"]] },
    },
  });
  const problem: PlanningProblem = { facts: [["zero"]], tasks: [["a"], ["b"]], ordering: "any" };
  expect(stepsOf(domain, problem)).toEqual(["a1", "b1", "a2", "b2"]);
  expect(planFor(domain, { ...problem, facts: [] })).toMatchObject({ kind: "no-plan" });
});

test("a limit counts for all searches together and says how far they came", () => {
  const domain = defineDomain({
    name: "hopeless",
    actions: {
      ...actions,
      dream: { parameters: ["?x"], effects: { add: [["lit", "?x"]] } },
      check: { parameters: [], preconditions: [["lit", "moon"]] },
    },
    tasks: { work: { parameters: [] } },
    methods: {
      on,
      off,
      done: {
        task: ["work"],
        parameters: ["?x"],
        preconditions: [["lamp", "?x"]],
        subtasks: [["dream", "?x"], ["check"]],
      },
    },
  });
  const problem: PlanningProblem = { facts: lamps, tasks: [["work"]], goal: [["lit", "x0"]] };
  const result = planFor(domain, problem, { maxNodes: 100_000 });
  expect(result).toMatchObject({ kind: "limit-reached", limit: "nodes" });
  if (result.kind !== "limit-reached") return;
  expect(result.nodes).toBeGreaterThanOrEqual(100_000);
  expect(result.nodes).toBeLessThan(105_000);
  expect(result.furthest).toMatchObject({ kind: "condition", condition: ["lit", "moon"] });
});
