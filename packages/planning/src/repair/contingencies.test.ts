import { expect, test } from "vitest";
import { defineDomain } from "../domain/define-domain.ts";
import { planFor } from "../plan/plan-for.ts";

const delivery = defineDomain({
  name: "delivery",
  actions: {
    pack: { parameters: ["?p"], effects: { add: [["packed", "?p"]] }, successProbability: 0.95 },
    fly: {
      parameters: ["?p"],
      preconditions: [["packed", "?p"], ["airport"]],
      effects: { add: [["there", "?p"]] },
      successProbability: 0.6,
    },
    truck: {
      parameters: ["?p"],
      preconditions: [["packed", "?p"]],
      effects: { add: [["there", "?p"]] },
      successProbability: 0.9,
    },
    sign: { parameters: ["?p"], preconditions: [["there", "?p"]] },
  },
  tasks: { deliver: { parameters: ["?p"] }, carry: { parameters: ["?p"] } },
  methods: {
    deliver: {
      task: ["deliver", "?p"],
      subtasks: [
        ["pack", "?p"],
        ["carry", "?p"],
        ["sign", "?p"],
      ],
    },
    "by-air": { task: ["carry", "?p"], subtasks: [["fly", "?p"]] },
    "by-road": { task: ["carry", "?p"], subtasks: [["truck", "?p"]] },
  },
});

function risks(contingencies?: number) {
  const result = planFor(
    delivery,
    { facts: [["airport"]], tasks: [["deliver", "vase"]] },
    contingencies === undefined ? {} : { contingencies },
  );
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  return result.plan.phases.risk.steps;
}

test("a step that may fail carries the other way, planned to the end", () => {
  const [riskiest] = risks();
  expect(riskiest).toMatchObject({
    step: "fly",
    contingency: {
      task: ["carry", "vase"],
      method: "by-road",
      actions: [
        ["truck", "vase"],
        ["sign", "vase"],
      ],
      confidence: 0.9,
    },
  });
});

test("a step without another way is examined and has no contingency", () => {
  const [, packing] = risks();
  expect(packing).toMatchObject({ step: "pack", examined: true });
  expect(packing).not.toHaveProperty("contingency");
});

test("only as many of the riskiest steps are examined as asked for", () => {
  expect(risks(1).map(({ step, examined }) => [step, examined])).toEqual([
    ["fly", true],
    ["pack", false],
  ]);
  expect(risks(0).every((each) => !each.examined && each.contingency === undefined)).toBe(true);
});
