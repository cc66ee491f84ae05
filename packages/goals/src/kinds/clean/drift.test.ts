import {
  type ColumnProfile,
  type ColumnSchema,
  DriftError,
  emptyColumn,
  knownColumns,
  nameInFile,
  type Profile,
} from "@troupe/data";
import { verifyPlan } from "@troupe/planning";
import { expect, test } from "vitest";
import { column, profileOf, Story } from "./clean.test-data.ts";
import { cleanDomain } from "./domain.ts";
import { cleanKind } from "./kind.ts";
import { initialFacts, knowledgeOf } from "./knowledge.ts";

type Columns = Readonly<
  Record<string, Partial<ColumnProfile> & Partial<Pick<ColumnSchema, "type">>>
>;

/** A source with these columns, and what analysts agree that they are. */
function sourceOf(columns: Columns): { profile: Profile; schema: readonly ColumnSchema[] } {
  return {
    profile: profileOf({
      columns: Object.entries(columns).map(([name, { type: _type, ...seen }]) => ({
        ...emptyColumn,
        distinct: 90,
        name,
        ...seen,
      })),
    }),
    schema: Object.entries(columns).map(([name, { type = "text" }]) => column(name, { type })),
  };
}

const codes = ["a", "b", "c", "d", "e"].map((value) => ({ value, rows: 1 }));
const numbers = (middle: number): Partial<ColumnProfile> => ({
  decimals: 100,
  quantiles: Array.from({ length: 21 }, (_, at) => middle - 10 + at),
});
const old: Columns = {
  cust_id: { top: codes },
  votes: { type: "integer", integers: 100, ...numbers(0) },
  note: {},
};

/** A goal whose file has these columns, and whose version before had the old ones. */
function after(now: Columns, onDrift?: unknown): Story {
  const earlier = sourceOf(old);
  const columns = [...knownColumns(earlier.profile, earlier.schema)];
  const before = { number: 3, goal: "g0", sources: { movies: { path: "", columns } }, output: [] };
  const goal = onDrift === undefined ? {} : { onDrift };
  const { profile, schema } = sourceOf(now);
  return new Story(goal, { before, profile: earlier.profile })
    .done("profile", profile)
    .agreed(schema);
}

const renamed: Columns = { customer: { top: codes }, votes: old["votes"] ?? {}, note: {} };
const added: Columns = { ...old, extra: {} };
const { note: _note, ...removed } = old;
const moved: Columns = { ...old, votes: { ...old["votes"], ...numbers(500) } };
const mostlyText: Columns = { ...old, votes: { integers: 40 } };
const fewTexts: Columns = { ...old, votes: { integers: 95 } };

test("a file with the columns it had is read as it is, and so is the first one", () => {
  const { drift, adapted } = knowledgeOf(after(old).state);
  expect(drift).toMatchObject({ schema: [], values: [] });
  expect(adapted).toEqual([]);
  const { profile, schema } = sourceOf(old);
  const first = knowledgeOf(new Story().done("profile", profile).agreed(schema).state);
  expect(first).toMatchObject({ profile, schema });
  expect(first.drift).toBeUndefined();
});

test("a column under another name keeps the name that the dataset has, and lineage knows the file's", () => {
  const { profile, schema, adapted } = knowledgeOf(after(renamed).planned().state);
  expect(schema.map(({ name }) => name)).toEqual(["cust_id", "votes", "note"]);
  expect(profile.columns.map(({ name }) => name)).toEqual(["cust_id", "votes", "note"]);
  expect(nameInFile(profile.source, "cust_id")).toBe("customer");
  expect(adapted).toEqual([expect.stringContaining("'customer' is read as 'cust_id'")]);
});

test("a column keeps its type while nearly all of its values can be read so, else it has its new one", () => {
  const kept = knowledgeOf(after(fewTexts).planned().state);
  expect(kept.schema[1]).toMatchObject({ name: "votes", type: "integer", nullable: true });
  const given = knowledgeOf(after(mostlyText).planned().state);
  expect(given.schema[1]).toMatchObject({ name: "votes", type: "text" });
  expect(given.adapted).toEqual([expect.stringContaining("only 40 % of its values")]);
});

test("a column that is gone ends the goal, unless the goal says that it is to stay without values", () => {
  expect(() => after(removed).planned()).toThrow(DriftError);
  expect(() => after(removed).planned()).toThrow(/'movies.note' is gone .*'onDrift'/);
  const { schema, profile } = knowledgeOf(after(removed, { removed: "null" }).planned().state);
  expect(schema[2]).toMatchObject({ name: "note", type: "text", nullable: true });
  expect(profile.columns[2]).toMatchObject({ name: "note", nulls: 100 });
  expect(nameInFile(profile.source, "note")).toBeUndefined();
});

test.for([
  ["renamed", renamed, "schema-drift"],
  ["added", added, "schema-drift"],
  ["removed", removed, "schema-drift"],
  ["retyped", mostlyText, "schema-drift"],
  ["moved", moved, "value-drift"],
] as const)("a goal that refuses drift ends when a column is %s", ([, now, code]) => {
  const plan = () => after(now, "refuse").planned();
  expect(plan).toThrow(DriftError);
  expect(plan).toThrow(expect.objectContaining({ code }));
  expect(() => after(now, "accept").planned()).not.toThrow();
  expect(knowledgeOf(after(now, "accept").state).profile).toEqual(sourceOf(now).profile);
});

test("values that moved are told, and end only the goal that refuses them", () => {
  expect(knowledgeOf(after(moved).planned().state).drift?.values).toMatchObject([
    { column: "votes", kind: "distribution" },
  ]);
  expect(() => after(moved, { values: "refuse" }).planned()).toThrow(/'votes' holds other values/);
});

test("people are asked before anything is done, when the goal says so and something changed", () => {
  const { state } = after(removed, "ask").planned();
  const approval = Object.values(state.tasks).find(({ type }) => type === "approval");
  if (approval === undefined) throw new Error("nobody is asked");
  expect(cleanKind.order(approval, state).input).toEqual({
    question: expect.stringMatching(/^may 'movies' change\? .*'movies.note' is gone/),
  });
  for (const type of ["draft-rules", "stage"]) {
    const task = Object.values(state.tasks).find((one) => one.type === type);
    expect(task?.dependsOn).toEqual([approval.id]);
  }
  const problem = {
    facts: initialFacts(knowledgeOf(state)),
    tasks: [["publish-if-allowed", "movies"] as const],
  };
  expect(verifyPlan(cleanDomain, problem, state.plan as never)).toEqual([]);
  const unchanged = after(old, "ask").planned().state;
  expect(Object.values(unchanged.tasks).map(({ type }) => type)).not.toContain("approval");
});

test("what people allow is done to the file", () => {
  const { schema } = knowledgeOf(after(removed, "ask").planned().done("approval", {}).state);
  expect(schema.map(({ name }) => name)).toEqual(["cust_id", "votes"]);
});

test("the publication is told what changed and what was done about it", () => {
  const story = after(renamed).planned();
  for (const [task, facts] of [
    ["draft-rules", { rules: [] }],
    ["stage", { output: "s", rows: 100, quarantined: 0, duplicates: 0, reasons: [] }],
    ["check", { rows: 100, rules: 0, score: 100, findings: [] }],
  ] as const) {
    story.done(task, facts);
  }
  const publish = Object.values(story.state.tasks).find(({ type }) => type === "publish");
  if (publish === undefined) throw new Error("nothing is published");
  expect(cleanKind.order(publish, story.state).input).toMatchObject({
    drift: { schema: [{ kind: "renamed", column: "cust_id", now: "customer" }] },
    adapted: [expect.stringContaining("'customer'")],
  });
});
