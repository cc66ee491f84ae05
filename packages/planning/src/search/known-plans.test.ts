import { expect, test } from "vitest";
import { not } from "../domain/condition.ts";
import { defineDomain } from "../domain/define-domain.ts";
import type { Domain } from "../domain/domain.ts";
import { planFor } from "../plan/plan-for.ts";
import type { PlanningProblem } from "../plan/problem.ts";

/** Plans that GTPyhop (commit 1ca7773) finds in its own examples, for domains that facts can express. */
function plan(domain: Domain, problem: PlanningProblem): readonly string[] | undefined {
  const result = planFor(domain, problem);
  if (result.kind === "limit-reached") throw new Error(`the ${result.limit} were not enough`);
  if (result.kind === "no-plan") return undefined;
  return result.plan.steps.map(({ action, args }) => [action, ...args].join(" "));
}

const backtracking = defineDomain({
  name: "backtracking_htn",
  actions: {
    putv: {
      parameters: ["?v"],
      effects: {
        remove: [
          ["flag", "0"],
          ["flag", "1"],
        ],
        add: [["flag", "?v"]],
      },
    },
    getv: { parameters: ["?v"], preconditions: [["flag", "?v"]] },
  },
  tasks: {
    put_it: { parameters: [] },
    need0: { parameters: [] },
    need1: { parameters: [] },
    need01: { parameters: [] },
    need10: { parameters: [] },
  },
  methods: {
    m_err: {
      task: ["put_it"],
      subtasks: [
        ["putv", "0"],
        ["getv", "1"],
      ],
    },
    m0: {
      task: ["put_it"],
      subtasks: [
        ["putv", "0"],
        ["getv", "0"],
      ],
    },
    m1: {
      task: ["put_it"],
      subtasks: [
        ["putv", "1"],
        ["getv", "1"],
      ],
    },
    m_need0: { task: ["need0"], subtasks: [["getv", "0"]] },
    m_need1: { task: ["need1"], subtasks: [["getv", "1"]] },
    m_need01_0: { task: ["need01"], subtasks: [["getv", "0"]] },
    m_need01_1: { task: ["need01"], subtasks: [["getv", "1"]] },
    m_need10_1: { task: ["need10"], subtasks: [["getv", "1"]] },
    m_need10_0: { task: ["need10"], subtasks: [["getv", "0"]] },
  },
});

const zeros = ["putv 0", "getv 0", "getv 0"];
const ones = ["putv 1", "getv 1", "getv 1"];

test.each([
  ["need0", zeros],
  ["need01", zeros],
  ["need10", zeros],
  ["need1", ones],
] as const)(
  "backtracking over methods of an earlier task accomplishes put_it and %s",
  (need, steps) => {
    expect(plan(backtracking, { facts: [["flag", "-1"]], tasks: [["put_it"], [need]] })).toEqual(
      steps,
    );
  },
);

const blocks = defineDomain({
  name: "blocks_htn",
  actions: {
    pickup: {
      parameters: ["?x"],
      preconditions: [["pos", "?x", "table"], ["clear", "?x"], ["empty"]],
      effects: {
        remove: [["pos", "?x", "table"], ["clear", "?x"], ["empty"]],
        add: [["holding", "?x"]],
      },
    },
    unstack: {
      parameters: ["?x", "?y"],
      preconditions: [["pos", "?x", "?y"], not(["table", "?y"]), ["clear", "?x"], ["empty"]],
      effects: {
        remove: [["pos", "?x", "?y"], ["clear", "?x"], ["empty"]],
        add: [
          ["holding", "?x"],
          ["clear", "?y"],
        ],
      },
    },
    putdown: {
      parameters: ["?x"],
      preconditions: [["holding", "?x"]],
      effects: {
        remove: [["holding", "?x"]],
        add: [["pos", "?x", "table"], ["clear", "?x"], ["empty"]],
      },
    },
  },
  tasks: { take: { parameters: ["?x"] }, put: { parameters: ["?x", "?y"] } },
  methods: {
    "take-from-table": {
      task: ["take", "?x"],
      preconditions: [
        ["clear", "?x"],
        ["pos", "?x", "table"],
      ],
      subtasks: [["pickup", "?x"]],
    },
    "take-from-block": {
      task: ["take", "?x"],
      parameters: ["?y"],
      preconditions: [
        ["clear", "?x"],
        ["pos", "?x", "?y"],
      ],
      subtasks: [["unstack", "?x", "?y"]],
    },
    "put-on-table": {
      task: ["put", "?x", "table"],
      preconditions: [["holding", "?x"]],
      subtasks: [["putdown", "?x"]],
    },
  },
});

const state = [
  ["table", "table"],
  ["pos", "a", "b"],
  ["pos", "b", "table"],
  ["pos", "c", "table"],
  ["clear", "a"],
  ["clear", "c"],
  ["empty"],
] as const;

test.each([
  [[["pickup", "a"]], undefined],
  [[["pickup", "b"]], undefined],
  [[["take", "b"]], undefined],
  [[["pickup", "c"]], ["pickup c"]],
  [[["take", "a"]], ["unstack a b"]],
  [[["take", "c"]], ["pickup c"]],
  [
    [
      ["take", "a"],
      ["put", "a", "table"],
    ],
    ["unstack a b", "putdown a"],
  ],
] as const)("in the world of blocks %j leads to %j", (tasks, steps) => {
  expect(plan(blocks, { facts: state, tasks })).toEqual(steps);
});
