import { expect, test } from "vitest";
import { not } from "../domain/condition.ts";
import { defineDomain } from "../domain/define-domain.ts";
import { ProblemError } from "../errors.ts";
import { verifyPlan } from "../verify/verify-plan.ts";
import { planFor } from "./plan-for.ts";
import type { PlanningProblem, PlanOptions } from "./problem.ts";

/** Three ways to a place, of which none is best in everything. */
const travel = defineDomain({
  name: "travel",
  types: { place: null },
  actions: {
    walk: {
      parameters: ["?to - place"],
      preconditions: [["near", "?to"]],
      effects: { add: [["at", "?to"]] },
      duration: (args) => (args[0] === "park" ? 600 : 1200),
      cost: 0,
    },
    ride: {
      parameters: ["?to - place"],
      effects: { add: [["at", "?to"]] },
      duration: 60,
      cost: 9,
      successProbability: 0.8,
    },
    drive: {
      parameters: ["?to - place"],
      preconditions: [["car"]],
      effects: { add: [["at", "?to"]] },
      duration: (_, facts) => (facts.has("jam") ? 900 : 90),
      cost: (_, facts) => 2 + facts.matching("toll").length,
      successProbability: 0.9,
    },
  },
  tasks: { travel: { parameters: ["?to - place"] } },
  methods: {
    "by-foot": { task: ["travel", "?to"], subtasks: [["walk", "?to"]] },
    "by-taxi": { task: ["travel", "?to"], subtasks: [["ride", "?to"]], successProbability: 0.5 },
    "by-car": { task: ["travel", "?to"], subtasks: [["drive", "?to"]] },
  },
});

const objects = { park: "place", station: "place" } as const;
const near: PlanningProblem = {
  facts: [["near", "park"], ["car"]],
  tasks: [["travel", "park"]],
  objects,
};

function actions(problem: PlanningProblem, options?: PlanOptions): readonly string[] {
  const result = planFor(travel, problem, options);
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  for (const each of result.plans) expect(verifyPlan(travel, problem, each)).toEqual([]);
  return result.plans.map((each) => each.steps.map((step) => step.action).join(" "));
}

test("the first plan follows the order in which the domain lists its methods", () => {
  expect(actions(near)).toEqual(["walk"]);
  expect(actions({ ...near, facts: [["car"]] })).toEqual(["ride"]);
});

test("the cheapest, the quickest and the most probable plan differ where the ways do", () => {
  const jam: PlanningProblem = { ...near, facts: [["car"], ["jam"]] };
  expect(actions(near, { order: "cost" })).toEqual(["walk"]);
  expect(actions(near, { order: "duration" })).toEqual(["ride"]);
  expect(actions(near, { order: "confidence" })).toEqual(["walk"]);
  expect(actions(jam, { order: "cost" })).toEqual(["drive"]);
  expect(actions(jam, { order: "confidence" })).toEqual(["drive"]);
  expect(actions(jam, { order: "duration" })).toEqual(["ride"]);
});

test("durations and costs may depend on arguments and facts", () => {
  const problem: PlanningProblem = {
    facts: [["car"], ["jam"], ["toll", "a"], ["toll", "b"], ["near", "station"]],
    tasks: [
      ["travel", "station"],
      ["drive", "park"],
    ],
    objects,
  };
  const result = planFor(travel, problem);
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(result.plan.steps.map(({ duration, cost }) => [duration, cost])).toEqual([
    [1200, 0],
    [900, 4],
  ]);
  expect(result.plan.cost).toBe(4);
});

test("confidence is the product over steps and methods, and risk is what is missing to one", () => {
  const problem: PlanningProblem = {
    ...near,
    facts: [],
    tasks: [
      ["travel", "park"],
      ["ride", "station"],
    ],
  };
  const result = planFor(travel, problem);
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(result.plan.confidence).toBeCloseTo(0.8 * 0.5 * 0.8, 12);
  const { total, level, steps } = result.plan.phases.risk;
  expect(total).toBeCloseTo(0.68, 12);
  expect(level).toBe("high");
  expect(steps.map(({ step }) => step)).toEqual(["ride", "ride-2"]);
});

test("the best plans come best first, as many as there are", () => {
  expect(actions(near, { order: "cost", best: 2 })).toEqual(["walk", "drive"]);
  expect(actions(near, { order: "confidence", best: 9 })).toEqual(["walk", "drive", "ride"]);
  expect(actions(near, { order: "duration", best: 9 })).toEqual(["ride", "drive", "walk"]);
  expect(actions(near, { best: 9 })).toEqual(["walk", "ride", "drive"]);
});

test("the same input gives the same plan", () => {
  const plans = [1, 2].map(() => planFor(travel, near, { order: "cost", best: 3 }));
  expect(plans[0]).toEqual(plans[1]);
});

test("no plan comes with the condition on which the furthest attempt failed", () => {
  const domain = defineDomain({
    name: "gate",
    actions: {
      open: { parameters: [], preconditions: [["key"]], effects: { add: [["open"]] } },
      fetch: { parameters: [], effects: { add: [["fetched"]] } },
    },
    tasks: { enter: { parameters: [] } },
    methods: { enter: { task: ["enter"], subtasks: [["fetch"], ["open"]] } },
  });
  const result = planFor(domain, { facts: [], tasks: [["fetch"], ["enter"]] });
  expect(result).toMatchObject({
    kind: "no-plan",
    reason: { kind: "condition", condition: ["key"], afterSteps: 1 },
  });
  if (result.kind === "no-plan") expect(result.reason.text).toContain("key()");
});

test("no plan for the goal names the condition that does not hold in the end", () => {
  const result = planFor(travel, { ...near, goal: [not(["at", "park"])] });
  expect(result).toMatchObject({
    kind: "no-plan",
    reason: { kind: "goal", condition: { not: ["at", "park"] }, afterSteps: 1 },
  });
  if (result.kind === "no-plan") {
    expect(result.reason.text).toBe(
      "all tasks were accomplished after 1 step, but the goal was not: not at(park)",
    );
  }
});

test("no plan for a goal that no task can bring about says so without trying", () => {
  const result = planFor(travel, { ...near, goal: [["near", "station"]] });
  expect(result).toMatchObject({
    kind: "no-plan",
    nodes: 0,
    reason: { kind: "goal", condition: ["near", "station"], afterSteps: 0 },
  });
  if (result.kind === "no-plan") {
    expect(result.reason.text).toBe(
      "nothing left to do after 0 steps can bring about the goal: near(station)",
    );
  }
});

/** A tower of n discs needs 2^n - 1 moves, so that limits can be met. */
const count = defineDomain({
  name: "count",
  actions: { tick: { parameters: ["?n"] } },
  tasks: { down: { parameters: ["?n"] } },
  methods: {
    twice: {
      task: ["down", "?n"],
      parameters: ["?m"],
      preconditions: [["after", "?m", "?n"]],
      subtasks: [
        ["down", "?m"],
        ["tick", "?n"],
        ["down", "?m"],
      ],
    },
    end: { task: ["down", "?n"], preconditions: [["first", "?n"]], subtasks: [] },
  },
});

const tower = (height: number): PlanningProblem => ({
  facts: [
    ["first", "0"],
    ...Array.from({ length: height }, (_, i) => ["after", `${i}`, `${i + 1}`] as const),
  ],
  tasks: [["down", `${height}`]],
});

test("the number of nodes is a limit that is told from there being no plan", () => {
  const result = planFor(count, tower(12), { maxNodes: 500 });
  expect(result).toMatchObject({ kind: "limit-reached", limit: "nodes" });
});

test("time is asked for again and again and ends the search when it is up", () => {
  let asked = 0;
  const result = planFor(count, tower(16), { expired: () => ++asked > 3 });
  expect(result).toMatchObject({ kind: "limit-reached", limit: "time" });
  expect(asked).toBe(4);
});

test("a limit leaves the best plan found so far, and says that it may not be the best", () => {
  const problem = { ...near, facts: [["car"] as const], tasks: Array(9).fill(["travel", "park"]) };
  const costs = [25, 45, 1000].map((maxNodes) => {
    const result = planFor(travel, problem, { order: "cost", maxNodes });
    if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
    return [result.plan.cost, result.plan.phases.decomposition.optimal] as const;
  });
  const [early, later, last] = costs;
  expect(early?.[1]).toBe(false);
  expect(later?.[0]).toBeLessThanOrEqual(early?.[0] ?? 0);
  expect(last).toEqual([18, true]);
});

test("plans of thousands of steps do not overflow the stack", () => {
  const result = planFor(count, tower(13));
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(result.plan.steps).toHaveLength(2 ** 13 - 1);
  expect(result.plan.phases.decomposition.depth).toBe(14);
});

test("a recursion that leads nowhere ends, also where the way back is long", () => {
  const roads = defineDomain({
    name: "roads",
    actions: {
      drive: {
        parameters: ["?from", "?to"],
        preconditions: [
          ["at", "?from"],
          ["road", "?from", "?to"],
        ],
        effects: { add: [["at", "?to"]], remove: [["at", "?from"]] },
      },
    },
    tasks: { reach: { parameters: ["?to"] } },
    methods: {
      there: { task: ["reach", "?to"], preconditions: [["at", "?to"]], subtasks: [] },
      via: {
        task: ["reach", "?to"],
        parameters: ["?by"],
        preconditions: [["road", "?by", "?to"]],
        subtasks: [
          ["reach", "?by"],
          ["drive", "?by", "?to"],
        ],
      },
    },
  });
  const places = Array.from({ length: 40 }, (_, i) => `p${i}`);
  const road = (a: string, b: string) => [["road", a, b] as const, ["road", b, a] as const];
  const facts = places.flatMap((each, i) =>
    [1, 2, 3].flatMap((far) => (i + far < places.length ? road(each, `p${i + far}`) : [])),
  );
  const limits = { maxNodes: 20_000, contingencies: 0 };
  const problem = { facts: [["at", "p39"] as const, ...facts], tasks: [["reach", "p0"] as const] };
  expect(planFor(roads, problem, limits).kind).toBe("plan");
  const island = { ...problem, facts: [["at", "island"] as const, ...facts] };
  expect(planFor(roads, island, limits).kind).toBe("no-plan");
});

test("tasks that are free in their order are put into one that works", () => {
  const problem: PlanningProblem = {
    facts: [["near", "park"]],
    tasks: [["drive", "park"], ["buy"]],
    objects,
  };
  const domain = defineDomain({
    name: "shop",
    actions: {
      buy: { parameters: [], effects: { add: [["car"]] } },
      drive: { parameters: ["?to"], preconditions: [["car"]] },
    },
  });
  const plain = { facts: problem.facts, tasks: problem.tasks };
  expect(planFor(domain, plain).kind).toBe("no-plan");
  const result = planFor(domain, { ...plain, ordering: "any" });
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(result.plan.steps.map((each) => each.action)).toEqual(["buy", "drive"]);
  expect(result.plan.roots).toEqual(["drive", "buy"]);
  expect(planFor(domain, { ...plain, ordering: [[0, 1]] }).kind).toBe("no-plan");
});

const misfits: readonly (readonly [string, Partial<PlanningProblem>, string, string])[] = [
  [
    "an unknown task",
    { tasks: [["fly", "park"]] },
    "task 1",
    "'fly' is neither an action nor a task",
  ],
  [
    "a wrong number of arguments",
    { tasks: [["travel"]] },
    "task 1",
    "takes 1 arguments but gets 0",
  ],
  ["a variable in a task", { tasks: [["travel", "?x"]] }, "task 1", "'?x' is a variable"],
  ["a variable in a fact", { facts: [["near", "?x"]] }, "fact 1", "'?x' is a variable"],
  [
    "a fact of another arity",
    { facts: [["car"], ["near"]] },
    "fact 2",
    "takes 1 arguments but gets 0",
  ],
  ["an unknown type", { objects: { park: "venue" } }, "object 'park'", "the types are: place"],
];

test.each(misfits)("%s is refused with its place", (_, change, place, text) => {
  const run = () => planFor(travel, { ...near, ...change });
  expect(run).toThrow(ProblemError);
  expect(run).toThrow(`problem, ${place}: `);
  expect(run).toThrow(text);
});
