import { defaultReplanningPolicy, type Plan, verifyPlan } from "@troupe/planning";
import { expect, test } from "vitest";
import { column, finding, plannedStory, profileOf, version } from "./clean.test-data.ts";
import { cleanDomain } from "./domain.ts";
import { initialFacts, knowledgeOf } from "./knowledge.ts";
import { repairClean } from "./repair.ts";

const names = profileOf().columns.map(({ name }) => name);
const plain = names.map((name) => column(name));
const withPlaceholders = names.map((name) =>
  column(name, name === "director" ? { placeholders: ["N/A"] } : {}),
);
const withDuplicates = profileOf({ duplicates: 1 });

const typesOf = (story: ReturnType<typeof plannedStory>) =>
  Object.values(story.state.tasks).map(({ type }) => type);
const dependenciesOf = (story: ReturnType<typeof plannedStory>) =>
  Object.fromEntries(Object.values(story.state.tasks).map(({ id, dependsOn }) => [id, dependsOn]));

test("a source without faults is staged, checked and published, without validation", () => {
  const story = plannedStory(plain);
  expect(typesOf(story)).toEqual(["recall", "profile", "draft-rules", "stage", "check", "publish"]);
  expect(dependenciesOf(story)).toMatchObject({
    "draft-rules": [],
    stage: [],
    check: expect.arrayContaining(["draft-rules", "stage"]),
    publish: ["check"],
  });
});

test.for([
  ["placeholders", withPlaceholders, profileOf(), ["normalise"]],
  ["repeated rows", plain, withDuplicates, ["deduplicate"]],
  ["both", withPlaceholders, withDuplicates, ["normalise", "deduplicate"]],
] as const)(
  "a source with %s has another plan, which removes them before the check",
  ([, schema, profile, extra]) => {
    const story = plannedStory(schema, profile);
    expect(typesOf(story)).toEqual([
      "recall",
      "profile",
      "draft-rules",
      "stage",
      ...extra,
      "check",
      "publish",
    ]);
    const last = extra.at(-1) ?? "";
    expect(dependenciesOf(story)).toMatchObject({ check: expect.arrayContaining([last]) });
  },
);

test("placeholders of a column that is not text are left to staging", () => {
  const schema = names.map((name) => column(name, { type: "integer", placeholders: ["-"] }));
  expect(typesOf(plannedStory(schema))).not.toContain("normalise");
});

test("a plan holds in its own domain", () => {
  const { state } = plannedStory(withPlaceholders, withDuplicates);
  const problem = {
    facts: initialFacts(knowledgeOf(state)),
    tasks: [["publish-clean", "movies"] as const],
  };
  expect(verifyPlan(cleanDomain, problem, state.plan as Plan)).toEqual([]);
});

/** A goal that has come to the gate. */
const atTheGate = () =>
  plannedStory(plain).done("draft-rules", { rules: [] }).done("stage", version("stage.parquet"));

test("a suspect column is validated before another check, and what is done stays done", () => {
  const story = atTheGate().repaired("check", [finding("released")]);
  const [replanning] = story.state.replannings;
  expect(replanning).toMatchObject({
    kept: expect.arrayContaining(["draft-rules", "stage"]),
    removed: expect.arrayContaining(["check"]),
    added: expect.arrayContaining(["validate", "check-2"]),
  });
  const { tasks } = story.state;
  expect(tasks["stage"]?.status).toBe("done");
  expect(tasks["draft-rules"]?.status).toBe("done");
  expect(tasks["validate"]).toMatchObject({ arguments: ["movies", "released"], status: "waiting" });
  expect(tasks["check-2"]?.dependsOn).toContain("validate");
  const publish = Object.values(tasks).find(({ type }) => type === "publish");
  expect(publish).toMatchObject({ status: "waiting", dependsOn: ["check-2"] });
});

test("each suspect column is validated, one after the other", () => {
  const story = atTheGate().repaired("check", [finding("released"), finding("votes")]);
  const validations = Object.values(story.state.tasks).filter(({ type }) => type === "validate");
  expect(validations.map(({ arguments: [, name] }) => name).sort()).toEqual(["released", "votes"]);
  const [first, second] = validations;
  const chained =
    first?.dependsOn.includes(second?.id ?? "") || second?.dependsOn.includes(first?.id ?? "");
  expect(chained).toBe(true);
});

test("a column that was validated and is still faulty is not validated for ever", () => {
  const story = atTheGate()
    .repaired("check", [finding("released")])
    .done("validate", version("validate.parquet"));
  expect(story.refused("check-2", [finding("released")])).toEqual({
    ok: false,
    why: "'released' was validated before and is still faulty",
  });
});

test("a column that two rules find faulty is validated for each, one after the other", () => {
  const other = { ...finding("released"), rule: "faulty-rows" };
  const story = atTheGate().repaired("check", [finding("released"), other]);
  expect(knowledgeOf(story.state).findings).toEqual([other]);
  story.done("validate", version("validate.parquet")).repaired("check-2", [finding("released")]);
  const waiting = Object.values(story.state.tasks).filter(({ status }) => status === "waiting");
  expect(waiting.map(({ type }) => type).sort()).toEqual(["check", "publish", "validate"]);
  expect(knowledgeOf(story.state).findings).toEqual([other, finding("released")]);
});

test("another column that proves suspect later is validated, too", () => {
  const story = atTheGate()
    .repaired("check", [finding("released")])
    .done("validate", version("validate.parquet"))
    .repaired("check-2", [finding("votes")]);
  const waiting = Object.values(story.state.tasks).filter(({ status }) => status === "waiting");
  expect(waiting.map(({ type }) => type).sort()).toEqual(["check", "publish", "validate"]);
  const validation = waiting.find(({ type }) => type === "validate");
  expect(validation?.arguments).toEqual(["movies", "votes"]);
});

test.for([
  ["no findings", []],
  ["what is no finding", [{ column: "released" }]],
  ["nothing", undefined],
])("a failure that names %s is not repaired", ([, findings]) => {
  expect(atTheGate().refused("check", findings)).toEqual({
    ok: false,
    why: "the failure names no finding to act on",
  });
});

test("a plan is as sure with a hundred suspect columns as with two, and sure enough to be taken", () => {
  const wide = Array.from({ length: 100 }, (_, i) => `c${i}`);
  const sureness = [2, 100].map((count) => {
    const story = plannedStory(wide.map((name) => column(name)));
    const work = repairClean(story.state, "check", wide.slice(0, count).map(finding));
    return work.ok ? work.work.confidence : work.why;
  });
  expect(sureness[1]).toBe(sureness[0]);
  expect(sureness[0]).toBeGreaterThan(defaultReplanningPolicy.threshold);
});
