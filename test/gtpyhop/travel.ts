import { defineDomain, type Fact, not, type PlanningProblem, type Task } from "@troupe/planning";
import type { Example } from "./cases.ts";

/** Distances of the examples' map. */
const distances: readonly (readonly [string, string, number])[] = [
  ["home_a", "park", 8],
  ["home_b", "park", 2],
  ["station", "home_a", 1],
  ["station", "home_b", 7],
  ["home_a", "home_b", 7],
  ["station", "park", 9],
];
/** So far people walk. */
const walkable = 2;

export const fareOf = (distance: number): number => 1.5 + 0.5 * distance;
export function distanceOf(from: string, to: string): number | undefined {
  return distances.find(([a, b]) => (a === from && b === to) || (a === to && b === from))?.[2];
}

/** People walk, or take a taxi that they can pay for. Sums are looked up: facts do not reckon. */
export const travel = defineDomain({
  name: "travel",
  actions: {
    walk: {
      parameters: ["?p", "?x", "?y"],
      preconditions: [["at", "?p", "?x"]],
      effects: { remove: [["at", "?p", "?x"]], add: [["at", "?p", "?y"]] },
    },
    call_taxi: {
      parameters: ["?p", "?x"],
      preconditions: [["at", "?p", "?x"]],
      effects: {
        remove: [
          ["at", "taxi1", "park"],
          ["at", "taxi1", "station"],
          ["at", "taxi1", "home_a"],
          ["at", "taxi1", "home_b"],
          ["at", "?p", "?x"],
        ],
        add: [
          ["at", "taxi1", "?x"],
          ["in", "?p", "taxi1"],
        ],
      },
    },
    ride_taxi: {
      parameters: ["?p", "?y", "?x", "?fare"],
      preconditions: [
        ["in", "?p", "taxi1"],
        ["at", "taxi1", "?x"],
        ["fare", "?x", "?y", "?fare"],
      ],
      effects: {
        remove: [["at", "taxi1", "?x"]],
        add: [
          ["at", "taxi1", "?y"],
          ["owes", "?p", "?fare"],
        ],
      },
    },
    pay_driver: {
      parameters: ["?p", "?y", "?fare", "?has", "?rest"],
      preconditions: [
        ["in", "?p", "taxi1"],
        ["at", "taxi1", "?y"],
        ["owes", "?p", "?fare"],
        ["cash", "?p", "?has"],
        ["minus", "?has", "?fare", "?rest"],
      ],
      effects: {
        remove: [
          ["in", "?p", "taxi1"],
          ["owes", "?p", "?fare"],
          ["cash", "?p", "?has"],
        ],
        add: [
          ["at", "?p", "?y"],
          ["cash", "?p", "?rest"],
        ],
      },
    },
  },
  tasks: { travel: { parameters: ["?p", "?y"] } },
  methods: {
    "be-there": { task: ["travel", "?p", "?y"], preconditions: [["at", "?p", "?y"]], subtasks: [] },
    "on-foot": {
      task: ["travel", "?p", "?y"],
      parameters: ["?x"],
      preconditions: [
        ["at", "?p", "?x"],
        ["walkable", "?x", "?y"],
      ],
      subtasks: [["walk", "?p", "?x", "?y"]],
    },
    "by-taxi": {
      task: ["travel", "?p", "?y"],
      parameters: ["?x", "?fare", "?has", "?rest"],
      preconditions: [
        ["at", "?p", "?x"],
        ["fare", "?x", "?y", "?fare"],
        ["cash", "?p", "?has"],
        ["minus", "?has", "?fare", "?rest"],
        not(["in", "?p", "taxi1"]),
      ],
      subtasks: [
        ["call_taxi", "?p", "?x"],
        ["ride_taxi", "?p", "?y", "?x", "?fare"],
        ["pay_driver", "?p", "?y", "?fare", "?has", "?rest"],
      ],
    },
  },
});

export function travelProblem({ state, todo }: Example): PlanningProblem {
  const facts: Fact[] = Object.entries(state.loc).map(([who, where]) => ["at", who, where]);
  const both = distances.flatMap(([x, y, distance]) => [
    [x, y, distance] as const,
    [y, x, distance] as const,
  ]);
  for (const [x, y, distance] of both) {
    facts.push(["fare", x, y, String(fareOf(distance))]);
    if (distance <= walkable) facts.push(["walkable", x, y]);
  }
  const fares = new Set(both.map(([, , distance]) => fareOf(distance)));
  const sums = new Set(Object.values(state.cash));
  for (const has of sums) {
    for (const fare of fares) {
      if (has < fare) continue;
      facts.push(["minus", String(has), String(fare), String(has - fare)]);
      sums.add(has - fare);
    }
  }
  for (const [who, has] of Object.entries(state.cash)) facts.push(["cash", who, String(has)]);
  const wanted = todo.flatMap((item): Task[] => {
    if (!Array.isArray(item)) {
      return Object.entries(item.multigoal.loc).map(([who, where]) => ["travel", who, where]);
    }
    const [, who = "", where = ""] = item;
    return [["travel", who, where]];
  });
  return {
    facts,
    tasks: wanted,
    goal: wanted.map(([, who = "", where = ""]) => ["at", who, where]),
  };
}
