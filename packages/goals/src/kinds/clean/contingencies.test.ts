import { defaultReplanningPolicy } from "@troupe/planning";
import { expect, test } from "vitest";
import { column, finding, plannedStory, profileOf, version } from "./clean.test-data.ts";

const schema = profileOf().columns.map(({ name }) => column(name));
const story = () => plannedStory(schema, profileOf({ duplicates: 1 }));
const typesAdded = (repair: ReturnType<ReturnType<typeof story>["broken"]>) =>
  repair.ok
    ? repair.work.tasks.filter(({ id }) => repair.work.added.includes(id)).map(({ type }) => type)
    : repair.why;

test("the plan holds a way with little memory for what takes much", () => {
  const { contingencies } = story().state;
  expect(contingencies.map(({ task, name }) => `${task}: ${name}`).sort()).toEqual([
    "deduplicate: drop-duplicates-with-little-memory",
    "stage: prepare-with-little-memory",
  ]);
  for (const { confidence } of contingencies) {
    expect(confidence).toBeGreaterThan(defaultReplanningPolicy.threshold);
  }
});

test("a source that could not be staged is staged with little memory, and the rest stays as planned", () => {
  const taken = story().done("draft-rules", { rules: [] }).broken("stage");
  expect(typesAdded(taken)).toEqual(["stage-sparing"]);
  expect(taken.ok && taken.work.tasks.map(({ type }) => type)).toEqual([
    "draft-rules",
    "stage-sparing",
    "deduplicate",
    "check",
    "publish",
  ]);
});

test("rows that could not be compared at once are compared with little memory, once what came before is done", () => {
  const staged = story().done("draft-rules", { rules: [] }).done("stage", version("/staged"));
  expect(typesAdded(staged.broken("deduplicate"))).toEqual(["deduplicate-sparing"]);
});

test("for a step that has no other way there is no contingency", () => {
  const checked = plannedStory(schema)
    .done("draft-rules", { rules: [] })
    .done("stage", version("/staged"));
  expect(checked.broken("check")).toMatchObject({ ok: false });
});

test("a plan that took a contingency is repaired like any other", () => {
  const begun = story()
    .done("draft-rules", { rules: [] })
    .tookContingency("stage")
    .done("stage-sparing", version("/staged"))
    .done("deduplicate", version("/single"));
  const repaired = begun.refused("check", [finding("released")]);
  expect(repaired.ok && repaired.work.tasks.map(({ type }) => type)).toEqual([
    "draft-rules",
    "stage-sparing",
    "deduplicate",
    "validate",
    "check",
    "publish",
  ]);
});
