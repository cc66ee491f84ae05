import {
  type Condition,
  defineDomain,
  different,
  either,
  exists,
  type Fact,
  forall,
  implies,
  not,
  type PlanningProblem,
  type Task,
} from "@troupe/planning";
import type { Example, Multigoal } from "./cases.ts";

const unsettled = not(["settled", "?x"]);
const restsWell = either(["settled", "?y"], ["table", "?y"]);

/**
 * Blocks are built up from the table as soon as they can go where they stay, and put aside only when none
 * can: the order of N. Gupta and D. Nau, "On the complexity of blocks-world planning", AIJ 56 (1992).
 *
 * `settle` moves nothing: it notes that a block is where it stays, which no condition could tell, as it
 * depends on the whole stack below.
 */
export const blocks = defineDomain({
  name: "blocks",
  actions: {
    pickup: {
      parameters: ["?x"],
      preconditions: [["pos", "?x", "table"], ["clear", "?x"], ["empty"]],
      effects: {
        remove: [["pos", "?x", "table"], ["clear", "?x"], ["empty"]],
        add: [["pos", "?x", "hand"]],
      },
    },
    unstack: {
      parameters: ["?x", "?y"],
      preconditions: [["pos", "?x", "?y"], different("?y", "table"), ["clear", "?x"], ["empty"]],
      effects: {
        remove: [["pos", "?x", "?y"], ["clear", "?x"], ["empty"]],
        add: [
          ["pos", "?x", "hand"],
          ["clear", "?y"],
        ],
      },
    },
    putdown: {
      parameters: ["?x"],
      preconditions: [["pos", "?x", "hand"]],
      effects: {
        remove: [["pos", "?x", "hand"]],
        add: [["pos", "?x", "table"], ["clear", "?x"], ["empty"]],
      },
    },
    stack: {
      parameters: ["?x", "?y"],
      preconditions: [
        ["pos", "?x", "hand"],
        ["clear", "?y"],
      ],
      effects: {
        remove: [
          ["pos", "?x", "hand"],
          ["clear", "?y"],
        ],
        add: [["pos", "?x", "?y"], ["clear", "?x"], ["empty"]],
      },
    },
    settle: { parameters: ["?x"], effects: { add: [["settled", "?x"]] }, cost: 0 },
  },
  tasks: {
    take: { parameters: ["?x"] },
    put: { parameters: ["?x", "?y"] },
    bring: { parameters: ["?x", "?y"] },
    achieve: { parameters: [] },
  },
  methods: {
    "take-from-table": {
      task: ["take", "?x"],
      preconditions: [
        ["pos", "?x", "table"],
        ["clear", "?x"],
      ],
      subtasks: [["pickup", "?x"]],
    },
    "take-from-block": {
      task: ["take", "?x"],
      parameters: ["?y"],
      preconditions: [
        ["pos", "?x", "?y"],
        ["clear", "?x"],
        ["block", "?y"],
      ],
      subtasks: [["unstack", "?x", "?y"]],
    },
    "put-on-table": {
      task: ["put", "?x", "table"],
      preconditions: [["pos", "?x", "hand"]],
      subtasks: [["putdown", "?x"]],
    },
    "put-on-block": {
      task: ["put", "?x", "?y"],
      preconditions: [
        ["pos", "?x", "hand"],
        ["block", "?y"],
      ],
      subtasks: [["stack", "?x", "?y"]],
    },
    "is-there": { task: ["bring", "?x", "?y"], preconditions: [["pos", "?x", "?y"]], subtasks: [] },
    "into-the-hand": { task: ["bring", "?x", "hand"], subtasks: [["take", "?x"]] },
    "onto-something": {
      task: ["bring", "?x", "?y"],
      preconditions: [different("?y", "hand")],
      subtasks: [
        ["take", "?x"],
        ["put", "?x", "?y"],
      ],
    },
    "all-as-wanted": {
      task: ["achieve"],
      preconditions: [forall(["?x", "?y"], [["wanted", "?x", "?y"]], [["pos", "?x", "?y"]])],
      subtasks: [],
    },
    "leave-it": {
      task: ["achieve"],
      parameters: ["?x", "?y"],
      preconditions: [
        ["pos", "?x", "?y"],
        unsettled,
        restsWell,
        implies(exists(["?z"], [["wanted", "?x", "?z"]]), ["wanted", "?x", "?y"]),
      ],
      subtasks: [["settle", "?x"], ["achieve"]],
    },
    "build-up": {
      task: ["achieve"],
      parameters: ["?x", "?y"],
      preconditions: [
        ["wanted", "?x", "?y"],
        unsettled,
        ["clear", "?x"],
        restsWell,
        either(["clear", "?y"], ["table", "?y"]),
      ],
      subtasks: [["take", "?x"], ["put", "?x", "?y"], ["settle", "?x"], ["achieve"]],
    },
    "put-aside": {
      task: ["achieve"],
      parameters: ["?x", "?y"],
      preconditions: [["clear", "?x"], unsettled, ["pos", "?x", "?y"], ["block", "?y"]],
      subtasks: [["take", "?x"], ["put", "?x", "table"], ["achieve"]],
    },
  },
});

export function blocksProblem({ state, todo }: Example): PlanningProblem {
  const facts: Fact[] = [["table", "table"], ["empty"]];
  for (const [x, y] of Object.entries(state.pos)) facts.push(["pos", x, y], ["block", x]);
  for (const [x, is] of Object.entries(state.clear)) if (is) facts.push(["clear", x]);
  const tasks: Task[] = [];
  const goal: Condition[] = [];
  for (const item of todo) {
    if (Array.isArray(item)) {
      const [name = "", ...args] = item;
      tasks.push([name === "pos" ? "bring" : name, ...args]);
      if (name === "pos") goal.push(["pos", ...args]);
    } else {
      tasks.push(["achieve"]);
      goal.push(...wantedIn(item.multigoal));
      for (const [x, y] of Object.entries(item.multigoal.pos)) facts.push(["wanted", x, y]);
    }
  }
  return { facts, tasks, goal };
}

function wantedIn({ pos, clear }: Multigoal): readonly Condition[] {
  return [
    ...Object.entries(pos).map(([x, y]): Condition => ["pos", x, y]),
    ...Object.entries(clear).map(([x, is]): Condition => (is ? ["clear", x] : not(["clear", x]))),
  ];
}
