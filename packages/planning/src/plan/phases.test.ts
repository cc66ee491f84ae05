import { expect, test } from "vitest";
import { defineDomain } from "../domain/define-domain.ts";
import { planFor } from "./plan-for.ts";

const house = defineDomain({
  name: "house",
  actions: {
    foundation: { parameters: [], effects: { add: [["ground"]] }, duration: 10 },
    wall: {
      parameters: ["?side"],
      preconditions: [["ground"]],
      effects: { add: [["wall", "?side"]] },
      duration: 4,
      resources: { mason: 1, crane: 2 },
    },
    timber: { parameters: [], effects: { add: [["wood"]] }, duration: 3 },
    roof: {
      parameters: [],
      preconditions: [["wall", "left"], ["wall", "right"], ["wood"]],
      duration: 5,
      resources: { crane: 1 },
      successProbability: 0.75,
    },
    dance: { parameters: [] },
  },
  tasks: { build: { parameters: [] }, walls: { parameters: [] }, party: { parameters: [] } },
  methods: {
    build: {
      task: ["build"],
      subtasks: [["foundation"], ["walls"], ["timber"], ["roof"]],
    },
    walls: {
      task: ["walls"],
      subtasks: [
        ["wall", "left"],
        ["wall", "right"],
      ],
    },
    party: { task: ["party"], subtasks: [["dance"]] },
  },
});

const result = planFor(house, { facts: [["sunny"]], tasks: [["build"]], goal: [["ground"]] });
if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
const { plan } = result;

test("the analysis counts what there is to plan and what the tasks can lead to", () => {
  expect(plan.phases.analysis).toEqual({
    facts: 1,
    tasks: 1,
    goalConditions: 1,
    reachableActions: 4,
    reachableMethods: 2,
  });
});

test("the decomposition counts tasks, steps and the levels above the deepest step", () => {
  expect(plan.phases.decomposition).toMatchObject({
    decompositions: 2,
    steps: 5,
    depth: 2,
    backtracks: 0,
    optimal: false,
  });
  expect(plan.decomposition.map((each) => [each.id, each.children, each.at])).toEqual([
    ["build", ["foundation", "walls", "timber", "roof"], 0],
    ["walls", ["wall", "wall-2"], 1],
  ]);
  expect(plan.roots).toEqual(["build"]);
});

test("the optimisation runs side by side what does not depend on each other", () => {
  expect(plan.phases.optimisation).toEqual({
    sequentialDuration: 26,
    speedup: 26 / 19,
    width: 2,
    levels: [["foundation", "timber"], ["wall", "wall-2"], ["roof"]],
    peakResources: { mason: 2, crane: 4 },
  });
  expect(plan.makespan).toBe(19);
  expect(plan.criticalPath).toEqual(["foundation", "wall", "roof"]);
  expect(Object.fromEntries(plan.steps.map((each) => [each.id, each.start]))).toEqual({
    foundation: 0,
    wall: 10,
    "wall-2": 10,
    timber: 0,
    roof: 14,
  });
});

test("the risk lists the steps that may fail, and whether they hold up everything", () => {
  expect(plan.phases.risk).toEqual({
    total: 0.25,
    level: "low",
    steps: [{ step: "roof", failureProbability: 0.25, onCriticalPath: true, examined: true }],
  });
});

test("a strict order makes a step wait for all of the subtask before it", () => {
  const strict = defineDomain({
    name: "strict",
    actions: { a: { parameters: [], duration: 1 }, b: { parameters: [], duration: 2 } },
    tasks: { both: { parameters: [] }, pair: { parameters: [] } },
    methods: {
      both: { task: ["both"], subtasks: [["pair"], ["a"]], ordering: "strict" },
      pair: { task: ["pair"], subtasks: [["a"], ["b"]] },
    },
  });
  const ordered = planFor(strict, { facts: [], tasks: [["both"]] });
  if (ordered.kind !== "plan") throw new Error(`expected a plan, got ${ordered.kind}`);
  expect(ordered.plan.dependencies).toEqual({ a: [], b: [], "a-2": ["a", "b"] });
  expect(ordered.plan.makespan).toBe(3);
});

test("a data flow makes a consumer wait for its producer where no fact says so", () => {
  const flow = defineDomain({
    name: "flow",
    actions: { read: { parameters: [] }, log: { parameters: [] }, write: { parameters: [] } },
    tasks: { copy: { parameters: [] } },
    methods: {
      copy: { task: ["copy"], subtasks: [["read"], ["log"], ["write"]], dataFlow: [[0, 2]] },
    },
  });
  const copied = planFor(flow, { facts: [], tasks: [["copy"]] });
  if (copied.kind !== "plan") throw new Error(`expected a plan, got ${copied.kind}`);
  expect(copied.plan.dependencies).toEqual({ read: [], log: [], write: ["read"] });
});

test("a plan is plain data that survives being stored", () => {
  expect(JSON.parse(JSON.stringify(plan))).toEqual(plan);
});
