import { expect, test } from "vitest";
import { defineDomain } from "../domain/define-domain.ts";
import type { Plan } from "../plan/plan.ts";
import { planFor } from "../plan/plan-for.ts";
import type { PlanningProblem } from "../plan/problem.ts";
import { repairPlan } from "../repair/repair-plan.ts";
import { type Violation, verifyPlan } from "./verify-plan.ts";

const domain = defineDomain({
  name: "clean",
  types: { dataset: null, column: null },
  actions: {
    stage: {
      parameters: ["?d - dataset"],
      effects: { add: [["staged", "?d"]] },
      duration: 5,
      cost: 2,
    },
    trim: {
      parameters: ["?d - dataset", "?c - column"],
      preconditions: [["staged", "?d"]],
      effects: { add: [["trimmed", "?c"]] },
      duration: 2,
      successProbability: 0.9,
    },
    publish: {
      parameters: ["?d - dataset"],
      preconditions: [
        ["staged", "?d"],
        ["trimmed", "title"],
      ],
      effects: { add: [["published", "?d"]] },
    },
    log: { parameters: [] },
  },
  tasks: { deliver: { parameters: ["?d - dataset"] }, tidy: { parameters: ["?d - dataset"] } },
  methods: {
    deliver: {
      task: ["deliver", "?d"],
      subtasks: [
        ["stage", "?d"],
        ["tidy", "?d"],
        ["publish", "?d"],
      ],
    },
    "trim-columns": {
      task: ["tidy", "?d"],
      parameters: ["?c - column"],
      preconditions: [["dirty", "?c"]],
      subtasks: [["trim", "?d", "?c"], ["log"]],
    },
    "leave-alone": { task: ["tidy", "?d"], preconditions: [["spotless"]], subtasks: [] },
  },
});

const problem: PlanningProblem = {
  facts: [["dirty", "title"]],
  tasks: [["deliver", "movies"]],
  goal: [["published", "movies"]],
  objects: { movies: "dataset", title: "column", year: "column" },
};

const result = planFor(domain, problem);
if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
const good = result.plan;

/** Steps: stage, trim, log, publish. Tasks: deliver, tidy. */
type Mutable<T> = { -readonly [K in keyof T]: T[K] extends object ? Mutable<T[K]> : T[K] };

function mutated(change: (plan: Mutable<Plan>) => void): readonly Violation[] {
  const plan: Mutable<Plan> = structuredClone(good) as Mutable<Plan>;
  change(plan);
  return verifyPlan(domain, problem, plan as Plan);
}

test("a good plan has no violations", () => {
  expect(good.steps.map((each) => each.id)).toEqual(["stage", "trim", "log", "publish"]);
  expect(verifyPlan(domain, problem, good)).toEqual([]);
});

function at<T>(all: readonly T[], index: number): T {
  const found = all[index];
  if (found === undefined) throw new Error(`nothing at ${index}`);
  return found;
}

const mutations: readonly (readonly [
  string,
  (plan: Mutable<Plan>) => void,
  Violation["kind"],
  string,
])[] = [
  ["a missing step", (plan) => plan.steps.splice(2, 1), "decomposition", "tidy"],
  ["a step twice", (plan) => plan.steps.push(at(plan.steps, 2)), "name", "log"],
  [
    "a step that no task asks for",
    (plan) => plan.steps.push({ ...at(plan.steps, 2), id: "log-2" }),
    "decomposition",
    "log-2",
  ],
  ["another action", (plan) => (at(plan.steps, 2).action = "publish"), "decomposition", "tidy"],
  ["an unknown action", (plan) => (at(plan.steps, 2).action = "shout"), "name", "log"],
  [
    "another argument",
    (plan) => (at(plan.steps, 1).args = ["movies", "year"]),
    "decomposition",
    "tidy",
  ],
  ["an unknown object", (plan) => (at(plan.steps, 0).args = ["films"]), "name", "stage"],
  ["an object of the wrong type", (plan) => (at(plan.steps, 0).args = ["title"]), "name", "stage"],
  ["too few arguments", (plan) => (at(plan.steps, 1).args = ["movies"]), "name", "trim"],
  ["steps in the wrong order", (plan) => plan.steps.reverse(), "precondition", "publish"],
  [
    "subtasks in the wrong order",
    (plan) => plan.steps.splice(1, 2, at(plan.steps, 2), at(plan.steps, 1)),
    "order",
    "tidy",
  ],
  ["a missing task", (plan) => plan.decomposition.pop(), "decomposition", "deliver"],
  ["an unknown method", (plan) => (at(plan.decomposition, 1).method = "scrub"), "name", "tidy"],
  [
    "another method of the task",
    (plan) => (at(plan.decomposition, 1).method = "leave-alone"),
    "decomposition",
    "tidy",
  ],
  [
    "a method that does not apply",
    (plan) => (at(plan.decomposition, 1).binding = { "?d": "movies", "?c": "year" }),
    "precondition",
    "tidy",
  ],
  [
    "a variable without value",
    (plan) => (at(plan.decomposition, 1).binding = { "?d": "movies" }),
    "name",
    "tidy",
  ],
  [
    "children in another order",
    (plan) => at(plan.decomposition, 1).children.reverse(),
    "decomposition",
    "tidy",
  ],
  [
    "a child too many",
    (plan) => at(plan.decomposition, 1).children.push("publish"),
    "decomposition",
    "tidy",
  ],
  [
    "a method chosen after its steps",
    (plan) => (at(plan.decomposition, 1).at = 4),
    "order",
    "tidy",
  ],
  ["another root", (plan) => (plan.roots = ["tidy"]), "decomposition", "task 1"],
  ["no root", (plan) => (plan.roots = []), "decomposition", "root"],
  [
    "a dependency on a later step",
    (plan) => (plan.dependencies["stage"] = ["publish"]),
    "dependency",
    "stage",
  ],
  [
    "a dependency on a step that does not exist",
    (plan) => (plan.dependencies["trim"] = ["stage", "ghost"]),
    "dependency",
    "trim",
  ],
  ["a missing dependency", (plan) => (plan.dependencies["trim"] = []), "dependency", "trim"],
  ["a wrong makespan", (plan) => (plan.makespan = 1), "figure", "plan"],
  ["a wrong cost", (plan) => plan.cost++, "figure", "plan"],
  ["a wrong confidence", (plan) => (plan.confidence = 1), "figure", "plan"],
  ["a wrong beginning", (plan) => (at(plan.steps, 3).start = 0), "figure", "publish"],
];

test.each(mutations)("%s is found", (_, change, kind, place) => {
  expect(mutated(change)).toContainEqual(expect.objectContaining({ kind, at: place }));
});

test("a goal that is not reached is found", () => {
  const violations = verifyPlan(domain, { ...problem, goal: [["archived", "movies"]] }, good);
  expect(violations).toEqual([
    { kind: "goal", at: "goal", text: "in the end archived(movies) does not hold" },
  ]);
});

test("a plan for other tasks or other facts is no plan for these", () => {
  const others = { ...problem, tasks: [...problem.tasks, ...problem.tasks] };
  expect(verifyPlan(domain, others, good)).toContainEqual({
    kind: "decomposition",
    at: "root",
    text: "2 tasks but 1 roots",
  });
  const clean = { ...problem, facts: [["dirty", "year"]] as const };
  expect(verifyPlan(domain, clean, good)).toContainEqual({
    kind: "precondition",
    at: "tidy",
    text: "'tidy' needs dirty(title)",
  });
});

test("more dependencies than needed are no violation as long as they keep the order", () => {
  expect(mutated((plan) => (plan.dependencies["log"] = ["stage"]))).toEqual([]);
  // It waits for what the other waits for.
  const through = mutated(({ dependencies }) => {
    dependencies["log"] = ["trim"];
    dependencies["publish"] = ["log"];
  });
  expect(through).toEqual([]);
});

test("a repaired plan is checked from its first facts on, with what was seen in between", () => {
  const repaired = repairPlan(domain, good, {
    completed: ["stage"],
    failed: "trim",
    facts: [["staged", "movies"], ["trimmed", "title"], ["spotless"]],
  });
  if (repaired.kind !== "repaired") throw new Error(repaired.why);
  expect(verifyPlan(domain, problem, repaired.plan)).toEqual([]);
  const forgotten = { ...repaired.plan, observations: [] };
  expect(verifyPlan(domain, problem, forgotten)).toContainEqual({
    kind: "precondition",
    at: "tidy",
    text: "'tidy' needs spotless()",
  });
});
