import { expect, test } from "vitest";
import {
  column,
  finding,
  plannedStory,
  profileOf,
  quality,
  rule,
  Story,
  source,
  version,
} from "./clean.test-data.ts";
import { cleanKind } from "./kind.ts";
import { cleanResultSchema } from "./result.ts";

const profile = profileOf({ duplicates: 1 });
const schema = profile.columns.map(({ name }) =>
  column(name, name === "director" ? { placeholders: ["N/A"] } : {}),
);
const reason = { reason: "unreadable", column: "votes", rows: 2, action: "quarantined" } as const;
const repaired = { reason: "slipped", column: "released", rows: 4, action: "repaired" } as const;
const staged = version("stage.parquet", {
  quarantine: "stage.quarantine.parquet",
  quarantined: 2,
  reasons: [reason],
});

/** The order for the first task of a type that waits. */
function orderFor(story: Story, type: string) {
  const task = Object.values(story.state.tasks).find(
    (each) => each.type === type && each.status === "waiting",
  );
  if (task === undefined) throw new Error(`no '${type}' waits`);
  return cleanKind.order(task, story.state);
}

test("the source is profiled by its path, before its size is known", () => {
  expect(orderFor(new Story(), "profile")).toEqual({
    input: { path: source },
    bytes: 1_000_000,
    cached: true,
  });
});

test("rules that the goal switches off are told to whoever profiles the source", () => {
  const story = new Story({ quality: { off: ["stuck"] } });
  expect(orderFor(story, "profile").input).toEqual({ path: source, quality: { off: ["stuck"] } });
});

test("rules and staging are given the profile and the agreed schema, at the source's size", () => {
  const story = plannedStory(schema, profile);
  const order = { input: { profile, schema }, bytes: 5000 };
  expect(orderFor(story, "draft-rules")).toEqual(order);
  expect(orderFor(story, "stage")).toEqual(order);
});

test("a file of rules that the goal names is given to whoever drafts the rules", () => {
  const story = new Story({ rules: "/data/rules.json" }).done("profile", profile);
  story.agreed(schema).planned();
  expect(orderFor(story, "draft-rules").input).toEqual({
    profile,
    schema,
    rules: "/data/rules.json",
  });
  expect(orderFor(story, "stage").input).toEqual({ profile, schema });
});

test("each step is given the newest version of the dataset", () => {
  const story = plannedStory(schema, profile).done("stage", staged);
  expect(orderFor(story, "normalise")).toMatchObject({ input: { input: "stage.parquet", schema } });
  story.done("normalise", version("normalise.parquet"));
  expect(orderFor(story, "deduplicate")).toMatchObject({ input: { input: "normalise.parquet" } });
  story.done("draft-rules", { rules: [rule] });
  story.done("deduplicate", version("deduplicate.parquet", { duplicates: 1 }));
  expect(orderFor(story, "check").input).toEqual({
    input: "deduplicate.parquet",
    rules: [rule],
    referenceTime: story.state.acceptedAt,
  });
});

/** A goal up to its publication, with one repair on the way. */
const toPublish = () =>
  plannedStory(schema, profile)
    .done("draft-rules", { rules: [rule] })
    .done("stage", staged)
    .done("normalise", version("normalise.parquet"))
    .done("deduplicate", version("deduplicate.parquet", { duplicates: 1 }))
    .repaired("check", [finding("released")]);

test("a validation is given the finding that asked for it", () => {
  expect(orderFor(toPublish(), "validate").input).toMatchObject({
    input: "deduplicate.parquet",
    finding: finding("released"),
  });
});

const validated = version("validate.parquet", {
  quarantine: "validate.quarantine.parquet",
  reasons: [repaired],
});

test("the publication is given all that was set aside, and how everything was decided", () => {
  const story = toPublish().done("validate", validated).done("check-2", quality);
  expect(orderFor(story, "publish").input).toMatchObject({
    dataset: "movies",
    input: "validate.parquet",
    staged: "stage.parquet",
    quarantines: ["stage.quarantine.parquet", "validate.quarantine.parquet"],
    duplicates: 1,
    quality,
    reasons: [reason, repaired],
    decisions: {
      replannings: [{ cause: "faults", added: expect.arrayContaining(["validate"]) }],
    },
  });
});

test("the same state gives the same orders, byte for byte", () => {
  const order = () =>
    JSON.stringify(
      orderFor(toPublish().done("validate", validated).done("check-2", quality), "publish"),
    );
  expect(order()).toBe(order());
});

test("the result is what the publication says, with the reasons and the columns", () => {
  const published = {
    folder: "/datasets/movies/1",
    files: {
      data: "data.parquet",
      quarantine: "quarantine.parquet",
      report: "report.md",
      lineage: "lineage.json",
      manifest: "manifest.json",
      pictures: [],
    },
    rows: { source: 100, kept: 97, repaired: 4, quarantined: 2, duplicates: 1 },
  };
  const story = toPublish().done("validate", validated).done("check-2", quality);
  const task = Object.values(story.state.tasks).find(
    ({ type, status }) => type === "publish" && status === "waiting",
  );
  story.done(task?.id ?? "", published);
  const result = cleanKind.result(story.state);
  expect(cleanResultSchema.parse(result)).toEqual(result);
  expect(result).toMatchObject({
    dataset: "movies",
    ...published,
    reasons: [reason, repaired],
    columns: schema.map(({ name, type }) => ({ name, type })),
    quality: { score: 100, findings: 0 },
  });
});

test("a dataset that was asked for by name is published under it", () => {
  const story = new Story({ output: "films" }).done("profile", profile).agreed(schema).planned();
  const rules = Object.values(story.state.tasks).find(({ type }) => type === "draft-rules");
  expect(rules?.arguments).toEqual(["films"]);
});

test("a column in which nothing was seen to be missing is nullable all the same if values are", () => {
  const { state } = new Story().done("profile", profile);
  const fields = Object.fromEntries(schema.map((each) => [each.name, each]));
  const concluded = cleanKind.deliberation.conclude(state, { fields, votes: [] }) as typeof schema;
  const nullable = concluded.filter((each) => each.nullable).map(({ name }) => name);
  expect(nullable).toEqual(["director"]);
});

test("without a decision a disputed column becomes what loses nothing", () => {
  const alternatives = [column("votes", { type: "integer" }), column("votes", { type: "text" })];
  expect(cleanKind.deliberation.fallback(alternatives)).toMatchObject({
    type: "text",
    nullable: true,
  });
});
