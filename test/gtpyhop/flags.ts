import { defineDomain, type PlanningProblem } from "@troupe/planning";
import type { Example } from "./cases.ts";

/** A flag that one task sets and the next one needs: planning must go back over the first. */
export const flags = defineDomain({
  name: "backtracking_htn",
  actions: {
    putv: {
      parameters: ["?v"],
      effects: {
        remove: [
          ["flag", "-1"],
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
    "put-0-get-1": {
      task: ["put_it"],
      subtasks: [
        ["putv", "0"],
        ["getv", "1"],
      ],
    },
    "put-0-get-0": {
      task: ["put_it"],
      subtasks: [
        ["putv", "0"],
        ["getv", "0"],
      ],
    },
    "put-1-get-1": {
      task: ["put_it"],
      subtasks: [
        ["putv", "1"],
        ["getv", "1"],
      ],
    },
    "need0-0": { task: ["need0"], subtasks: [["getv", "0"]] },
    "need1-1": { task: ["need1"], subtasks: [["getv", "1"]] },
    "need01-0": { task: ["need01"], subtasks: [["getv", "0"]] },
    "need01-1": { task: ["need01"], subtasks: [["getv", "1"]] },
    "need10-1": { task: ["need10"], subtasks: [["getv", "1"]] },
    "need10-0": { task: ["need10"], subtasks: [["getv", "0"]] },
  },
});

export function flagsProblem({ state, todo }: Example): PlanningProblem {
  return {
    facts: [["flag", state.flag ?? "-1"]],
    tasks: todo.map((item) => {
      if (!Array.isArray(item)) throw new TypeError("a flag has no goals");
      return item as [string, ...string[]];
    }),
  };
}
