import { expect, test } from "vitest";
import { exists, forall, not } from "../domain/condition.ts";
import { defineDomain } from "../domain/define-domain.ts";
import { repairPlan } from "../repair/repair-plan.ts";
import { verifyPlan } from "../verify/verify-plan.ts";
import { planFor } from "./plan-for.ts";

const inspection = defineDomain({
  name: "inspection",
  actions: {
    examine: {
      parameters: ["?d", "?c"],
      preconditions: [["suspect", "?d", "?c"]],
      effects: { remove: [["suspect", "?d", "?c"]] },
    },
    check: { parameters: ["?d"], effects: { add: [["checked", "?d"]] } },
    release: {
      parameters: ["?d"],
      preconditions: [forall(["?c"], [["suspect", "?d", "?c"]], [["excused", "?c"]])],
      effects: { add: [["released", "?d"]] },
    },
    publish: {
      parameters: ["?d"],
      preconditions: [not(exists(["?c"], [["suspect", "?d", "?c"]]))],
    },
  },
  tasks: { assure: { parameters: ["?d"] } },
  methods: {
    "examine-suspect": {
      task: ["assure", "?d"],
      parameters: ["?c"],
      preconditions: [["suspect", "?d", "?c"]],
      subtasks: [
        ["examine", "?d", "?c"],
        ["assure", "?d"],
      ],
    },
    gate: {
      task: ["assure", "?d"],
      preconditions: [not(exists(["?c"], [["suspect", "?d", "?c"]]))],
      subtasks: [["check", "?d"]],
    },
  },
});

function planned(problem: Parameters<typeof planFor>[1]) {
  const result = planFor(inspection, problem);
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(verifyPlan(inspection, problem, result.plan)).toEqual([]);
  return result.plan;
}

test("a step that needs no fact of a kind to exist waits for all that removed one", () => {
  const plan = planned({
    facts: [
      ["suspect", "sales", "price"],
      ["suspect", "sales", "date"],
      ["suspect", "stock", "count"],
      ["excused", "count"],
    ],
    tasks: [
      ["assure", "sales"],
      ["publish", "sales"],
      ["release", "sales"],
      ["release", "stock"],
    ],
  });
  expect(plan.dependencies).toEqual({
    examine: [],
    "examine-2": [],
    check: ["examine", "examine-2"],
    publish: ["examine", "examine-2"],
    release: ["examine", "examine-2"],
    "release-2": [],
  });
});

test("it also waits when the fact was first seen while the plan was executed", () => {
  const problem = { facts: [], tasks: [["assure", "sales"]] } as const;
  const plan = planned(problem);
  const result = repairPlan(inspection, plan, {
    completed: [],
    failed: "check",
    facts: [
      ["suspect", "sales", "price"],
      ["suspect", "sales", "date"],
    ],
  });
  if (result.kind !== "repaired") throw new Error(result.why);
  expect(verifyPlan(inspection, problem, result.plan)).toEqual([]);
  const [first, second, last] = result.plan.steps.map((each) => each.id);
  expect(result.plan.dependencies[last ?? ""]).toEqual([first, second]);
  expect(result.plan.causalLinks).toContainEqual({
    from: first,
    to: last,
    fact: ["suspect", "sales", "price"],
    present: false,
  });
});

const kitchen = defineDomain({
  name: "kitchen",
  actions: {
    boil: { parameters: ["?w"], effects: { add: [["hot", "?w"]] } },
    brew: {
      parameters: ["?w"],
      preconditions: [["hot", "?w"]],
      effects: { add: [["tea"]] },
    },
    cool: { parameters: ["?w"], preconditions: [], effects: { remove: [["hot", "?w"]] } },
    wash: { parameters: ["?w"], preconditions: [not(["hot", "?w"])] },
    whistle: { parameters: [] },
  },
});

function order(...tasks: readonly (readonly [string, ...string[]])[]) {
  const result = planFor(kitchen, { facts: [], tasks });
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  return result.plan;
}

test("a step follows the one that made its fact true, and nothing else", () => {
  const plan = order(["boil", "a"], ["boil", "b"], ["brew", "b"]);
  expect(plan.dependencies).toEqual({ boil: [], "boil-2": [], brew: ["boil-2"] });
  expect(plan.causalLinks).toEqual([
    { from: "boil-2", to: "brew", fact: ["hot", "b"], present: true },
  ]);
});

test("a step that destroys a fact follows those that needed it", () => {
  const plan = order(["boil", "a"], ["brew", "a"], ["cool", "a"]);
  expect(plan.dependencies["cool"]).toEqual(["brew"]);
});

test("a needed absence is linked to the step that removed the fact, or to the beginning", () => {
  const plan = order(["wash", "b"], ["boil", "a"], ["cool", "a"], ["wash", "a"]);
  expect(plan.dependencies).toEqual({ wash: [], boil: [], cool: ["boil"], "wash-2": ["cool"] });
  expect(plan.causalLinks).toEqual([
    { from: "initial", to: "wash", fact: ["hot", "b"], present: false },
    { from: "cool", to: "wash-2", fact: ["hot", "a"], present: false },
  ]);
});

test("what the goal needs is linked to the goal", () => {
  const goal = [["hot", "a"]] as const;
  const result = planFor(kitchen, { facts: [], tasks: [["boil", "a"]], goal });
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(result.plan.causalLinks).toEqual([
    { from: "boil", to: "goal", fact: ["hot", "a"], present: true },
  ]);
});

test("steps that touch different facts do not wait for each other though they were planned in a row", () => {
  const plan = order(["whistle"], ["boil", "a"], ["whistle"], ["boil", "b"]);
  expect(Object.values(plan.dependencies)).toEqual([[], [], [], []]);
  expect(plan.phases.optimisation.levels).toEqual([["whistle", "boil", "whistle-2", "boil-2"]]);
});

test("dependencies that follow from others are left out", () => {
  const plan = order(["boil", "a"], ["brew", "a"], ["cool", "a"], ["wash", "a"]);
  expect(plan.dependencies["wash"]).toEqual(["cool"]);
});
