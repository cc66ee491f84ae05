import fc from "fast-check";
import { expect, test } from "vitest";
import { not } from "../domain/condition.ts";
import { defineDomain } from "../domain/define-domain.ts";
import { RepairRequestError } from "../errors.ts";
import { Facts } from "../plan/facts.ts";
import type { Plan } from "../plan/plan.ts";
import { planFor } from "../plan/plan-for.ts";
import { possibleFacts, randomProblem } from "../search/random-problem.test-data.ts";
import { verifyPlan } from "../verify/verify-plan.ts";
import { applyStep } from "./present.ts";
import { takeContingency } from "./take-contingency.ts";

const delivery = defineDomain({
  name: "delivery",
  actions: {
    pack: { parameters: ["?p"], effects: { add: [["packed", "?p"]] }, successProbability: 0.99 },
    label: { parameters: ["?p"], effects: { add: [["labelled", "?p"]] } },
    fly: {
      parameters: ["?p"],
      preconditions: [["packed", "?p"], ["airport"]],
      effects: { add: [["there", "?p"]] },
      successProbability: 0.6,
    },
    truck: {
      parameters: ["?p"],
      preconditions: [["packed", "?p"], not(["snow"])],
      effects: { add: [["there", "?p"]] },
      successProbability: 0.9,
    },
    ask: { parameters: ["?p"], preconditions: [["packed", "?p"]], successProbability: 0.95 },
    sign: { parameters: ["?p"], preconditions: [["there", "?p"]] },
  },
  tasks: { deliver: { parameters: ["?p"] }, carry: { parameters: ["?p"] } },
  methods: {
    deliver: {
      task: ["deliver", "?p"],
      subtasks: [
        ["pack", "?p"],
        ["label", "?p"],
        ["carry", "?p"],
        ["sign", "?p"],
      ],
    },
    "by-air": { task: ["carry", "?p"], subtasks: [["fly", "?p"]] },
    "by-road": {
      task: ["carry", "?p"],
      subtasks: [
        ["ask", "?p"],
        ["truck", "?p"],
      ],
      successProbability: 0.8,
    },
  },
});
const problem = { facts: [["airport"]], tasks: [["deliver", "vase"]] } as const;

function planOf(contingencies?: number): Plan {
  const options = contingencies === undefined ? {} : { contingencies };
  const result = planFor(delivery, problem, options);
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  return JSON.parse(JSON.stringify(result.plan));
}

const packed = [["airport"], ["packed", "vase"]] as const;
const ready = [...packed, ["labelled", "vase"]] as const;
const actions = ({ steps }: Plan) => steps.map(({ action }) => action);

test("a contingency of a stored plan becomes the rest of the plan as it is", () => {
  const plan = planOf();
  const world = { completed: ["pack", "label"], facts: ready };
  const result = takeContingency(delivery, plan, "fly", world);
  if (result.kind !== "repaired") throw new Error(result.why);
  expect(actions(result.plan)).toEqual(["pack", "label", "ask", "truck", "sign"]);
  expect([result.kept, result.removed, result.added]).toEqual([
    ["pack", "label", "sign"],
    ["fly"],
    ["ask", "truck"],
  ]);
  expect(result.attempts).toEqual([]);
  expect(result.why).toBe(
    "step 'fly' failed: carry(vase) is decomposed by 'by-road' instead of 'by-air', as planned for this case",
  );
  expect(verifyPlan(delivery, problem, result.plan)).toEqual([]);
});

test("the plan is then as sure as the contingency said, methods included", () => {
  const plan = planOf();
  const { contingency } = plan.phases.risk.steps.find(({ step }) => step === "fly") ?? {};
  expect(contingency?.confidence).toBeCloseTo(0.95 * 0.9 * 0.8);
  const world = { completed: ["pack", "label"], facts: ready };
  const result = takeContingency(delivery, plan, "fly", world);
  if (result.kind !== "repaired") throw new Error(result.why);
  expect(result.plan.confidence).toBeCloseTo(0.95 * 0.9 * 0.8);
});

test("what is taken has contingencies again, unless none are wanted", () => {
  const world = { completed: ["pack", "label"], facts: ready };
  const examined = (contingencies?: number) => {
    const options = contingencies === undefined ? {} : { contingencies };
    const result = takeContingency(delivery, planOf(), "fly", world, options);
    if (result.kind !== "repaired") throw new Error(result.why);
    return result.plan.phases.risk.steps.map((each) => each.examined);
  };
  expect(examined()).toEqual([true, true]);
  expect(examined(0)).toEqual([false, false]);
});

test("steps that come later than foreseen stay, running or not begun", () => {
  for (const running of [["label"], []]) {
    const world = { completed: ["pack"], running, facts: packed };
    const result = takeContingency(delivery, planOf(), "fly", world);
    if (result.kind !== "repaired") throw new Error(result.why);
    expect(actions(result.plan)).toEqual(["pack", "label", "ask", "truck", "sign"]);
    expect(result.plan.executed).toBe(1 + running.length);
    expect(verifyPlan(delivery, problem, result.plan)).toEqual([]);
  }
});

test("a step that was to come before the failed one, and that nothing wants any more, is left out", () => {
  const show = defineDomain({
    name: "show",
    actions: {
      tune: { parameters: ["?i"] },
      play: { parameters: ["?i"], successProbability: 0.8 },
    },
    tasks: { concert: { parameters: [] } },
    methods: {
      piano: {
        task: ["concert"],
        subtasks: [
          ["tune", "piano"],
          ["play", "piano"],
        ],
      },
      drums: { task: ["concert"], subtasks: [["play", "drums"]] },
    },
  });
  const evening = { facts: [], tasks: [["concert"]] } as const;
  const planned = planFor(show, evening);
  if (planned.kind !== "plan") throw new Error(`expected a plan, got ${planned.kind}`);
  const rest = (completed: readonly string[]) => {
    const result = takeContingency(show, planned.plan, "play", { completed, facts: [] });
    if (result.kind !== "repaired") throw new Error(result.why);
    expect(verifyPlan(show, evening, result.plan)).toEqual([]);
    return result.plan.steps.map(({ action, args }) => [action, ...args].join(" "));
  };
  expect(rest([])).toEqual(["play drums"]);
  expect(rest(["tune"])).toEqual(["tune piano", "play drums"]);
});

test("a contingency that the facts do not allow any more is not taken, and it says why", () => {
  const world = { completed: ["pack", "label"], facts: [...ready, ["snow"] as const] };
  const result = takeContingency(delivery, planOf(), "fly", world);
  expect(result).toMatchObject({ kind: "unfit", violations: [{ kind: "precondition" }] });
  expect(result.why).toContain("'truck' needs not snow");
});

test("a contingency that uses what is banned is not taken", () => {
  const world = {
    completed: ["pack", "label"],
    facts: ready,
    banned: [["truck", "vase"]] as const,
  };
  expect(takeContingency(delivery, planOf(), "fly", world)).toMatchObject({
    kind: "unfit",
    violations: [],
    why: "step 'fly' failed, and its contingency does not fit: truck(vase) is banned",
  });
});

test("no other way is told from none having been looked for", () => {
  const world = { completed: ["pack", "label"], facts: ready };
  expect(takeContingency(delivery, planOf(0), "fly", world)).toMatchObject({
    kind: "no-contingency",
    examined: false,
  });
  expect(
    takeContingency(delivery, planOf(), "pack", { completed: [], facts: [["airport"]] }),
  ).toMatchObject({
    kind: "no-contingency",
    examined: true,
  });
});

test("a step that the plan does not have is refused", () => {
  const run = () => takeContingency(delivery, planOf(), "swim", { completed: [], facts: [] });
  expect(run).toThrow(RepairRequestError);
});

const orderings = fc.constantFrom("sequence" as const, "any" as const);
const objects = new Map([
  ["a", new Set<string>()],
  ["b", new Set<string>()],
]);

test("in random plans, a contingency that comes as foreseen is taken as it is, one that does not is valid or not taken", () => {
  const seen = { foreseen: 0, otherwise: 0, unfit: 0 };
  fc.assert(
    fc.property(
      randomProblem({ recursive: true, ordering: orderings }),
      fc.nat(),
      fc.array(fc.nat({ max: 5 }), { minLength: 1, maxLength: 8 }),
      (random, flip, luck) => {
        const { domain } = random;
        const first = planFor(domain, random, { maxNodes: 2_000 });
        if (first.kind !== "plan") return;
        const { plan } = first;
        for (const { step, contingency } of plan.phases.risk.steps) {
          if (contingency === undefined) continue;
          const place = plan.steps.findIndex(({ id }) => id === step);
          const facts = new Facts(random.facts, objects);
          const before = plan.steps.slice(0, place);
          for (const each of before) applyStep(domain, each, facts);
          const completed = before.map(({ id }) => id);
          const world = { completed, facts: facts.all() };
          const taken = takeContingency(domain, plan, step, world, { contingencies: 0 });
          if (taken.kind !== "repaired") throw new Error(taken.why);
          seen.foreseen++;
          expect(verifyPlan(domain, random, taken.plan)).toEqual([]);
          const rest = taken.plan.steps.slice(taken.plan.executed);
          expect(rest.map(({ action, args }) => [action, ...args])).toEqual(contingency.actions);
          expect(taken.plan.confidence).toBeCloseTo(contingency.confidence);

          const other = unforeseen(domain, random.facts, plan, step, luck);
          const changed = possibleFacts[flip % (2 * possibleFacts.length)];
          if (changed !== undefined && !other.facts.remove(changed)) other.facts.add(changed);
          const late = takeContingency(
            domain,
            plan,
            step,
            { completed: other.completed, facts: other.facts.all() },
            { contingencies: 0 },
          );
          if (late.kind === "unfit") {
            seen.unfit++;
            expect(late.violations).not.toEqual([]);
          } else if (late.kind === "repaired") {
            if (other.completed.join() !== completed.join()) seen.otherwise++;
            expect(verifyPlan(domain, random, late.plan)).toEqual([]);
            expect(late.plan.steps.slice(0, late.plan.executed).map(({ id }) => id)).toEqual(
              other.completed,
            );
          } else throw new Error(late.why);
        }
      },
    ),
    { numRuns: 3000, seed: 20_281 },
  );
  expect(seen.foreseen).toBeGreaterThan(100);
  expect(seen.otherwise).toBeGreaterThan(20);
  expect(seen.unfit).toBeGreaterThan(20);
});

/** Some other steps done when the step fails, as the plan's dependencies allow. */
function unforeseen(
  domain: Parameters<typeof applyStep>[0],
  initial: Plan["facts"],
  plan: Plan,
  failed: string,
  luck: readonly number[],
) {
  const done = new Set<string>();
  const needed = new Set([failed]);
  for (const each of needed) for (const one of plan.dependencies[each] ?? []) needed.add(one);
  const facts = new Facts(initial, objects);
  plan.steps.forEach((each, i) => {
    if (each.id === failed) return;
    if (!(plan.dependencies[each.id] ?? []).every((one) => done.has(one))) return;
    if (!needed.has(each.id) && (luck[i % luck.length] ?? 0) < 3) return;
    done.add(each.id);
    applyStep(domain, each, facts);
  });
  return { completed: [...done], facts };
}
