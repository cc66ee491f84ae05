import fc from "fast-check";
import { expect, test } from "vitest";
import { defineDomain } from "../domain/define-domain.ts";
import { planFor } from "../plan/plan-for.ts";
import { repairPlan } from "../repair/repair-plan.ts";
import { randomProblem } from "../search/random-problem.test-data.ts";
import { verifyPlan } from "../verify/verify-plan.ts";
import { type Experience, noExperience, type Outcome, observe } from "./experience.ts";
import { withExperience } from "./with-experience.ts";

const imports = defineDomain({
  name: "imports",
  actions: {
    download: { parameters: ["?f"], effects: { add: [["here", "?f"]] }, successProbability: 0.9 },
    copy: { parameters: ["?f"], effects: { add: [["here", "?f"]] }, successProbability: 0.8 },
    load: {
      parameters: ["?f"],
      preconditions: [["here", "?f"]],
      successProbability: ([file]) => (file === "big" ? 0.7 : 0.95),
    },
  },
  tasks: { import: { parameters: ["?f"] }, fetch: { parameters: ["?f"] } },
  methods: {
    import: {
      task: ["import", "?f"],
      subtasks: [
        ["fetch", "?f"],
        ["load", "?f"],
      ],
    },
    "from-web": { task: ["fetch", "?f"], subtasks: [["download", "?f"]] },
    "from-disk": { task: ["fetch", "?f"], subtasks: [["copy", "?f"]] },
  },
});
const problem = { facts: [], tasks: [["import", "small"]] } as const;

function planWith(experience: Experience, at = 0, credibility?: number) {
  const domain = withExperience(imports, experience, {
    at,
    ...(credibility === undefined ? {} : { credibility }),
  });
  const result = planFor(domain, problem, { order: "confidence" });
  if (result.kind !== "plan") throw new Error(`expected a plan, got ${result.kind}`);
  expect(verifyPlan(domain, problem, result.plan)).toEqual([]);
  return result.plan;
}
const times = (count: number, outcome: Omit<Outcome, "at">) =>
  Array.from({ length: count }, () => ({ ...outcome, at: 0 }));
const seen = (outcomes: readonly Outcome[]) => outcomes.reduce(observe, noExperience());
const fetching = (experience: Experience, at?: number) => planWith(experience, at).steps[0]?.action;

test("without experience a plan is what the domain declares", () => {
  const plan = planWith(noExperience());
  expect(plan.confidence).toBe(0.9 * 0.95);
  expect(plan.steps.map(({ action }) => action)).toEqual(["download", "load"]);
});

test("a plan is as sure as what was learned of its actions", () => {
  const failing = times(10, { kind: "action", name: "load", succeeded: false });
  expect(planWith(seen(failing)).confidence).toBeCloseTo((0.9 * (0.95 * 10)) / 20);
  const working = times(30, { kind: "action", name: "load", succeeded: true });
  expect(planWith(seen(working)).confidence).toBeCloseTo((0.9 * (0.95 * 10 + 30)) / 40);
});

test("a plan is as sure as what was learned of its methods", () => {
  const failing = times(10, { kind: "method", name: "import", succeeded: false });
  expect(planWith(seen(failing)).confidence).toBeCloseTo(0.9 * 0.95 * 0.5);
});

test("a way whose action keeps failing is not chosen any more, until that is forgotten", () => {
  const failing = seen(times(3, { kind: "action", name: "download", succeeded: false }));
  expect(fetching(noExperience())).toBe("download");
  expect(fetching(failing)).toBe("copy");
  expect(fetching(failing, 10 * failing.halfLifeMs)).toBe("download");
});

test("a method that keeps failing is not chosen any more, though its actions go well", () => {
  const failing = seen([
    ...times(4, { kind: "method", name: "from-web", succeeded: false }),
    ...times(4, { kind: "action", name: "download", succeeded: true }),
  ]);
  expect(fetching(failing)).toBe("copy");
  expect(planWith(failing).confidence).toBe(0.8 * 0.95);
});

test("risks and contingencies follow what was learned", () => {
  const before = planWith(noExperience()).phases.risk.steps;
  expect(before.map(({ step }) => step)).toEqual(["download", "load"]);
  expect(before[0]?.contingency?.confidence).toBeCloseTo(0.8 * 0.95);
  const failing = times(5, { kind: "action", name: "load", succeeded: false });
  const after = planWith(seen(failing)).phases.risk.steps;
  expect(after.map(({ step }) => step)).toEqual(["load", "download"]);
  expect(after[1]?.contingency?.confidence).toBeCloseTo((0.8 * 9.5) / 15);
});

test("with credibility, what is well known is preferred to what is only declared", () => {
  const working = seen(times(180, { kind: "action", name: "copy", succeeded: true }));
  const mixed = times(30, { kind: "action", name: "copy", succeeded: false }).reduce(
    observe,
    working,
  );
  const first = (credibility?: number) => planWith(mixed, 0, credibility).steps[0]?.action;
  expect([first(), first(0.95)]).toEqual(["download", "copy"]);
});

test("a plan is repaired with what was learned since it was made", () => {
  const plan = planWith(noExperience());
  const failing = seen(times(10, { kind: "action", name: "load", succeeded: false }));
  const domain = withExperience(imports, failing, { at: 0 });
  const request = { completed: [], failed: "download", facts: [] };
  const result = repairPlan(domain, plan, request);
  if (result.kind !== "repaired") throw new Error(result.why);
  expect(result.plan.confidence).toBeCloseTo((0.8 * 9.5) / 20);
  expect(verifyPlan(domain, problem, result.plan)).toEqual([]);
});

test("over time the way that really fails more is chosen less and less", () => {
  const truth: Readonly<Record<string, number>> = { download: 0.3, copy: 0.8 };
  let state = 20_321;
  const uniform = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  let experience = noExperience();
  const chosen: string[] = [];
  for (let round = 0; round < 90; round++) {
    const name = fetching(experience, round) ?? "";
    chosen.push(name);
    const succeeded = uniform() < (truth[name] ?? 0);
    experience = observe(experience, { kind: "action", name, succeeded, at: round });
  }
  const downloads = [0, 30, 60].map(
    (from) => chosen.slice(from, from + 30).filter((each) => each === "download").length,
  );
  expect(downloads[0]).toBeGreaterThan(0);
  expect(downloads[1]).toBeLessThanOrEqual(downloads[0] ?? 0);
  expect(downloads[2]).toBe(0);
});

test("in random domains only probabilities change, so the first plan found stays", () => {
  const outcome = fc.record({
    kind: fc.constantFrom("action" as const, "method" as const),
    name: fc.constantFrom("act0", "act1", "act2", "method0", "method1", "method2"),
    succeeded: fc.boolean(),
    at: fc.nat({ max: 1_000 }),
  });
  const random = randomProblem({ recursive: false, ordering: fc.constant("sequence" as const) });
  let changed = 0;
  fc.assert(
    fc.property(random, fc.array(outcome, { minLength: 5 }), (given, outcomes) => {
      const domain = withExperience(given.domain, seen(outcomes), { at: 1_000 });
      const [plain, learned] = [given.domain, domain].map((each) => planFor(each, given));
      if (plain?.kind !== "plan" || learned?.kind !== "plan") {
        expect(learned?.kind).toBe(plain?.kind);
        return;
      }
      expect(verifyPlan(domain, given, learned.plan)).toEqual([]);
      expect(learned.plan.steps.map(({ id }) => id)).toEqual(plain.plan.steps.map(({ id }) => id));
      if (learned.plan.confidence !== plain.plan.confidence) changed++;
    }),
    { numRuns: 500, seed: 20_322 },
  );
  expect(changed).toBeGreaterThan(50);
});
