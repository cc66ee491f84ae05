import { noExperience, observe, type Plan, verifyPlan } from "@troupe/planning";
import { expect, test } from "vitest";
import { etlDomain } from "./domain.ts";
import { Story } from "./etl.test-data.ts";
import { learnedDomain } from "./learned-domain.ts";

const sales = (clean = false) =>
  new Story(
    {
      sources: [{ name: "sales", path: "/data/sales", clean }],
      transformations: [
        { op: "aggregate", by: ["shop"], measures: { n: { fn: "count" } }, as: "totals" },
      ],
    },
    { sales: { rows: 1000, columns: { shop: { distinct: 10 }, amount: { type: "decimal" } } } },
  );
const names = (story: Story) =>
  story.state.contingencies.map(({ task, name }) => `${task}: ${name}`).sort();

test("what is done at once has doing it in parts as its contingency", () => {
  expect(names(sales().planned())).toEqual([
    "compute: by-key-after-all",
    "stage: stage-in-parts-after-all",
  ]);
});

test("a source that is cleaned is looked at as a whole, and not divided", () => {
  expect(names(sales(true).planned())).toEqual(["compute: by-key-after-all"]);
});

test("a block that could not be computed at once is split by its key and computed in parts", () => {
  const story = sales().planned().done("design", {}).done("stage", {}).done("check-source", {});
  const taken = story.broken("compute");
  if (!taken.ok) throw new Error(taken.why);
  const added = taken.work.tasks.filter(({ id }) => taken.work.added.includes(id));
  expect(added.map(({ type, copies }) => [type, copies])).toEqual([
    ["split-table", undefined],
    ["compute", 2],
  ]);
  expect(taken.work.kept).toEqual(expect.arrayContaining(["design", "stage", "conform"]));
  const { facts, tasks } = taken.work.plan as Plan;
  expect(verifyPlan(etlDomain, { facts, tasks }, taken.work.plan as Plan)).toEqual([]);
});

test("a source that could not be staged at once is staged in parts", () => {
  const taken = sales().planned().done("design", {}).broken("stage");
  expect(taken.ok && taken.work.tasks.find(({ type }) => type === "stage")).toMatchObject({
    copies: 2,
  });
});

test("what earlier goals taught of task types moves the confidence of plans, and is kept with them", () => {
  const at = 1000;
  let known = noExperience();
  const plain = sales().planned().state;
  known = observe(known, {
    kind: "action",
    name: "design-pipeline",
    succeeded: false,
    at,
    times: 20,
  });
  known = observe(known, {
    kind: "action",
    name: "of-no-concern",
    succeeded: false,
    at,
    times: 20,
  });
  const { state } = sales().planned({ ...known, at });
  expect(state.planConfidence).toBeLessThan((plain.planConfidence ?? 0) / 2);
  expect(Object.keys(state.experience?.actions ?? {})).toEqual(["design-pipeline"]);
});

test("of two actions of one task type both are learned of, and planning again finds the same", () => {
  const at = 1000;
  const known = observe(noExperience(), {
    kind: "action",
    name: "compute",
    succeeded: false,
    at,
    times: 9,
  });
  const story = sales().planned({ ...known, at });
  const { experience } = story.state;
  if (experience === undefined) throw new Error("nothing was kept");
  const rateOf = (action: string) => {
    const measure = learnedDomain(etlDomain, experience).actions.get(action)?.successProbability;
    return typeof measure === "number" ? measure : Number.NaN;
  };
  expect(rateOf("compute")).toBeLessThan(0.6);
  expect(rateOf("compute-parts")).toBe(rateOf("compute"));
  const again = sales().planned(experience).state;
  expect(again.plan).toEqual(story.state.plan);
  expect(again.experience).toEqual(experience);
});
