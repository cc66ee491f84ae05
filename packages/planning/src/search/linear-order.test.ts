import fc from "fast-check";
import { expect, test } from "vitest";
import { defineDomain } from "../domain/define-domain.ts";
import { planFor } from "../plan/plan-for.ts";
import { linearise } from "./linear-order.ts";

const domain = defineDomain({
  name: "kitchen",
  actions: {
    fetch: { parameters: ["?x"], effects: { add: [["have", "?x"]] } },
    cook: {
      parameters: ["?x"],
      preconditions: [["have", "?x"], ["clean"]],
      effects: { add: [["cooked", "?x"]], remove: [["clean"]] },
    },
    lay: { parameters: [], preconditions: [["clean"]] },
    greet: { parameters: [] },
    pray: { parameters: [] },
  },
  tasks: { meal: { parameters: ["?x"] }, get: { parameters: ["?x"] } },
  methods: {
    meal: {
      task: ["meal", "?x"],
      parameters: ["?y"],
      subtasks: [["greet"], ["cook", "?x"], ["lay"], ["get", "?y"], ["get", "?x"], ["pray"]],
      ordering: "any",
    },
    get: { task: ["get", "?x"], subtasks: [["fetch", "?x"]] },
  },
});

test("what brings something about comes before what needs it, and what undoes it after, whatever lies between", () => {
  const { rows, domain: row } = linearise(domain, [["meal", "soup"]], []);
  // 1 needs what 4 brings about (3 is about something else) and undoes what 2 needs.
  expect(rows.get("meal")).toEqual([0, 2, 3, 4, 1, 5]);
  const [meal] = row.methodsByTask.get("meal") ?? [];
  expect(meal?.sequential).toBe(true);
  expect(meal?.subtasks.map(([name]) => name)).toEqual([
    "greet",
    "lay",
    "get",
    "get",
    "cook",
    "pray",
  ]);
  expect(linearise(domain, [["meal", "soup"]], [], "reversed").rows.get("meal")?.[0]).toBe(5);
});

test("the problem's tasks come in a row too", () => {
  const tasks = [
    ["cook", "soup"],
    ["get", "soup"],
  ] as const;
  expect(linearise(domain, tasks, []).order).toEqual([[1, 0]]);
  expect(linearise(domain, tasks, [[0, 1]]).order).toEqual([[0, 1]]);
});

test("a row keeps every order that is given", () => {
  const names = ["greet", "lay", "pray", "cook", "get", "get"];
  const pair = fc.tuple(fc.nat(5), fc.nat(5)).filter(([a, b]) => a < b);
  fc.assert(
    fc.property(fc.array(pair), fc.constantFrom("listed", "reversed"), (pairs, undecided) => {
      const tasks = names.map((name) => (/cook|get/.test(name) ? [name, "soup"] : [name])) as [
        string,
      ][];
      const { order } = linearise(domain, tasks, pairs, undecided as "listed");
      const row = [order[0]?.[0], ...order.map(([, later]) => later)];
      expect([...row].sort()).toEqual([0, 1, 2, 3, 4, 5]);
      for (const [a, b] of pairs) expect(row.indexOf(a)).toBeLessThan(row.indexOf(b));
    }),
    { numRuns: 300, seed: 4_711 },
  );
});

test("a plan made in a row names each method's subtasks as the domain lists them", () => {
  const result = planFor(domain, { facts: [["clean"]], tasks: [["meal", "soup"]], objects: {} });
  if (result.kind !== "plan") throw new Error(JSON.stringify(result));
  const { decomposition, steps } = result.plan;
  const meal = decomposition.find((each) => each.task === "meal");
  const named = new Map([
    ...steps.map((s) => [s.id, s.action] as const),
    ...decomposition.map((d) => [d.id, d.task] as const),
  ]);
  expect(meal?.children.map((each) => named.get(each))).toEqual([
    "greet",
    "cook",
    "lay",
    "get",
    "get",
    "pray",
  ]);
});
