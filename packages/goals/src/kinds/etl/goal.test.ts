import { expect, test } from "vitest";
import { etlGoalSchema } from "./goal.ts";

const source = (name: string) => ({ name, path: `/data/${name}.csv` });
const goal = (over: Readonly<Record<string, unknown>> = {}) => ({
  kind: "etl",
  name: "sales",
  sources: [source("orders"), source("customers")],
  transformations: [{ op: "join", with: "customers", on: ["customer"] }],
  ...over,
});
const issuesOf = (over: Readonly<Record<string, unknown>>) => {
  const parsed = etlGoalSchema.safeParse(goal(over));
  return (parsed.error?.issues ?? []).map(({ path, message }) => `${path.join(".")}: ${message}`);
};

test("what a goal leaves out has its default, and its steps read what stands before them", () => {
  const parsed = etlGoalSchema.parse(goal());
  expect(parsed).toMatchObject({
    output: { format: "parquet", partitionBy: [] },
    onConflict: "quarantine",
    onDrift: { added: "accept", renamed: "follow", retyped: "convert", removed: "refuse" },
    limits: { rowsPerPart: 1_000_000, memoryMb: 256, unreadable: 0.1, setAside: 0.5 },
    transformations: [{ how: "inner" }],
  });
});

test("a goal that was read can be read again, as every coordinator does", () => {
  const parsed = etlGoalSchema.parse(goal({ onDrift: "refuse" }));
  expect(etlGoalSchema.parse(JSON.parse(JSON.stringify(parsed)))).toEqual(parsed);
});

const tables = "'orders', 'customers'";
test.for([
  [{ name: "no name" }, "name: must be 1 to 64 letters"],
  [{ sources: [] }, "sources: must name at least one file"],
  [
    { sources: [source("orders"), source("Orders")] },
    "sources.1.name: 'Orders' is another source's name too",
  ],
  [{ transformations: [] }, "transformations: several sources, and nothing brings them together"],
  [
    { transformations: [{ op: "select", columns: ["a"] }] },
    "sources.1: no transformation reads 'customers': use it, or leave it out",
  ],
  [
    { transformations: [{ op: "join", with: "clients", on: ["a"] }] },
    `transformations.0.with: there is no table 'clients' before this step: use one of ${tables}`,
  ],
  [
    { transformations: [{ op: "join", with: "customers", on: ["a"], as: "orders" }] },
    "transformations.0.as: 'orders' is the name of a table already",
  ],
  [
    { transformations: [{ op: "sql", query: "SELECT 1" }] },
    `transformations.0.query: names no table: select from ${tables}`,
  ],
  [
    { transformations: [{ op: "aggregate", measures: { total: { fn: "sum" } } }] },
    "transformations.0.measures.total.of: 'sum' needs a column: say of which",
  ],
  [{ transformations: [{ op: "pivot" }] }, "transformations.0.op: must be select, filter,"],
  [
    { transformations: [{ op: "cast", columns: { a: "money" } }] },
    "transformations.0.columns.a: must be boolean, integer,",
  ],
  [
    {
      target: {
        columns: [
          { name: "a", type: "text" },
          { name: "A", type: "text" },
        ],
      },
    },
    "target.columns.1.name: 'A' is another column's name too",
  ],
  [
    { target: { columns: [{ name: "a", type: "text", key: true, optional: true }] } },
    "target.columns.0.optional: 'a' is a key",
  ],
  [
    { target: { columns: [{ name: "a", type: "text" }] }, output: { partitionBy: ["b"] } },
    "output.partitionBy.0: the target has no column 'b': use one of 'a'",
  ],
  [
    { target: { columns: [{ name: "a", type: "text" }] }, output: { partitionBy: ["a"] } },
    "output.partitionBy: all columns are in the names of folders",
  ],
  [{ onConflict: "fail" }, "onConflict: there is no key that rows could share"],
  [{ output: { format: "xml" } }, "output.format: "],
  [{ limits: { rowsPerPart: 0 } }, "limits.rowsPerPart: "],
  [{ onDrift: { added: "maybe" } }, "onDrift: must be 'adapt', 'refuse', or an object"],
] as const)("%j is refused by its place, with what to do", ([over, expected]) => {
  const issues = issuesOf(over);
  expect(
    issues.some((issue) => issue.startsWith(expected)),
    issues.join("\n"),
  ).toBe(true);
});
