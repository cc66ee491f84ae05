import { type Plan, verifyPlan } from "@troupe/planning";
import { expect, test } from "vitest";
import { etlDomain } from "./domain.ts";
import { Story } from "./etl.test-data.ts";
import { initialFacts, joinOrder } from "./facts.ts";
import { EtlProgress, knowledgeOf } from "./knowledge.ts";

const orders = {
  rows: 10_000,
  columns: {
    id: { type: "integer" },
    customer: { distinct: 1000 },
    product: { distinct: 100 },
    amount: { type: "decimal" },
  },
} as const;
const customerFile = { rows: 500, columns: { customer: { distinct: 500 }, country: {} } } as const;
const products = { rows: 100, columns: { product: { distinct: 100 }, price: {} } } as const;
const steps = [
  { op: "filter", from: "orders", where: "amount > 0", as: "paid" },
  { op: "join", with: "products", on: ["product"], as: "priced" },
  { op: "join", with: "customers", on: ["customer"], as: "known" },
  { op: "aggregate", by: ["country"], measures: { n: { fn: "count" } }, as: "totals" },
];
const shop = (
  over: Readonly<Record<string, unknown>> = {},
  sizes: Partial<Record<string, number>> = {},
) =>
  new Story(
    { transformations: steps, ...over },
    {
      orders: { ...orders, rows: sizes["orders"] ?? orders.rows },
      customers: { ...customerFile, rows: sizes["customers"] ?? customerFile.rows },
      products,
    },
  );
const inParts = { limits: { rowsPerPart: 2000 } };

test("small sources are staged side by side, and each block is done at once", () => {
  const story = shop().planned();
  expect(story.actions).toEqual([
    "design",
    "stage orders",
    "check-source orders",
    "stage customers",
    "check-source customers",
    "stage products",
    "check-source products",
    "compute paid",
    "compute known",
    "compute totals",
    "conform totals",
    "inspect",
    "publish",
  ]);
  expect(story.startable).toEqual(["design"]);
  story.done("design", {});
  expect(story.startable).toEqual(["stage", "stage-2", "stage-3"]);
});

test("a plan holds in its own domain", () => {
  const { state } = shop(inParts).planned();
  const knowledge = knowledgeOf(state);
  const progress = new EtlProgress(state, knowledge);
  const problem = {
    facts: initialFacts(knowledge, (source) => progress.readings(source)),
    tasks: [["deliver", "totals"] as const],
  };
  expect(verifyPlan(etlDomain, problem, state.plan as Plan)).toEqual([]);
});

test("a large source is brought in by ranges of rows, and what follows is done where the rows are", () => {
  const story = shop(inParts).planned();
  const { tasks } = story.state;
  expect(Object.keys(tasks).filter((id) => id.startsWith("stage-parts"))).toHaveLength(5);
  expect(tasks["compute-parts.3"]).toMatchObject({ type: "compute", copy: 3, arguments: ["paid"] });
  expect(tasks["compute-parts.3"]?.resources).toEqual({ cpu: 500, memory: 256 * 1024 * 1024 });
});

test("small tables are brought to the parts of a large one, those that leave fewest rows first", () => {
  const story = shop(inParts).planned();
  expect(story.actions.filter((action) => action.startsWith("join"))).toEqual([
    "join-parts known customers",
    "join-last known products",
  ]);
  expect(story.actions.some((action) => action.startsWith("split-joined"))).toBe(false);
  const [last] = Object.values(story.state.tasks).filter(({ id }) => id === "join-last.0");
  expect(last?.dependsOn).toContain("join-parts.0");
});

test("of two large tables both are split by the key", () => {
  const story = shop(inParts, { customers: 5000 }).planned();
  expect(story.actions).toEqual(
    expect.arrayContaining(["split-joined known customers", "split-input known customers"]),
  );
  const { tasks } = story.state;
  const join = Object.values(tasks).find(
    ({ of, arguments: args }) =>
      of !== undefined && args[1] === "customers" && of.startsWith("join"),
  );
  const waitsFor = join?.dependsOn.map((id) => tasks[id]?.type) ?? [];
  expect(waitsFor.filter((type) => type === "split-table")).toHaveLength(2);
});

test("groups of a large table are made after it was split by what they are grouped by", () => {
  const story = shop(inParts, { customers: 5000 }).planned();
  const at = (action: string) => story.actions.indexOf(action);
  expect(at("split-input totals known")).toBeGreaterThan(at("join-last known customers"));
  expect(at("compute-parts totals")).toBeGreaterThan(at("split-input totals known"));
});

test("a join that compares what another brings comes after it, whatever is quicker", () => {
  const chain = [
    { op: "join", from: "orders", with: "customers", on: ["customer"], as: "a" },
    { op: "join", with: "countries", on: ["country"], as: "b" },
    { op: "join", with: "products", on: ["product"], as: "c" },
  ];
  const story = new Story(
    { transformations: chain },
    {
      orders,
      customers: { ...customerFile, rows: 50_000 },
      countries: { rows: 3, columns: { country: { distinct: 3 }, vat: {} } },
      products,
    },
  );
  const knowledge = knowledgeOf(story.state);
  const [block] = knowledge.blocks;
  if (block === undefined) throw new Error("one block is expected");
  const order = joinOrder(block, knowledge);
  expect(order.indexOf("countries")).toBeGreaterThan(order.indexOf("customers"));
  expect(order[0]).toBe("products");
});

test("a Parquet file in the agreed types is read where it lies", () => {
  const numbers = { rows: 10, format: "parquet", columns: { n: { type: "integer" } } } as const;
  const story = new Story({}, { numbers }).planned();
  expect(story.actions).toEqual(["design", "conform numbers", "inspect", "publish"]);
  const written = new Story({}, { numbers: { ...numbers, format: "csv" } }).planned();
  expect(written.actions).toContain("stage numbers");
});

test("a file that is not what the goal says ends it, with both named", () => {
  const sources = [{ name: "orders", path: "/data/orders", format: "json" }];
  expect(() => new Story({ sources }, { orders }).planned()).toThrow(
    "source 'orders' must be json, and '/data/orders' is csv: change 'format', or the file",
  );
});

test("a source that has changed is adapted to before anything is designed", () => {
  const before = shop().schemas;
  const { sources } = before;
  const old = sources["orders"]?.columns.map((column) =>
    column.schema.name === "amount"
      ? { ...column, schema: { ...column.schema, type: "integer" as const } }
      : column,
  );
  const changed = { ...before, sources: { ...sources, orders: { path: "", columns: old ?? [] } } };
  const document = { transformations: steps };
  const files = { orders, customers: customerFile, products };
  const story = new Story(document, files, changed).planned();
  expect(story.actions.slice(0, 2)).toEqual(["adapt orders", "design"]);
  expect(story.startable).toEqual(["adapt"]);
  const strict = new Story({ ...document, onDrift: "refuse" }, files, changed);
  expect(() => strict.planned()).toThrow(
    "'orders.amount' was integer and is decimal (seen): change the goal, or what its 'onDrift' says about it",
  );
});

/** A goal that is about to be held against its checks. */
const atTheGate = (remedies: readonly string[], over: Readonly<Record<string, unknown>> = {}) => {
  const story = new Story(
    {
      checks: [{ name: "positive", expect: "n > 0", remedies }],
      target: { columns: [{ name: "n", type: "integer", nullable: true, optional: true }] },
      ...over,
    },
    { numbers: { rows: 10, format: "parquet", columns: { n: { type: "integer" } } } },
  ).planned();
  const column = {
    name: "n",
    type: "integer",
    nullable: true,
    key: false,
    optional: true,
    given: "BIGINT",
  };
  const fit = { columns: [column], dropped: [], missing: [] };
  const tables = { numbers: { columns: [{ name: "n", type: "BIGINT" }], origins: {} } };
  story.done("design", { tables, fit, checked: { positive: ["n"] } });
  const version = { output: "a", rows: 10, quarantined: 0, duplicates: 0, reasons: [] };
  return story.done("conform", version);
};
const fault = {
  at: "output",
  name: "positive",
  pattern: "check" as const,
  share: 0.1,
  diagnosis: "1 row",
  column: "n",
};

test.for([
  [["set-aside"], "set-aside"],
  [["blank"], "blank"],
  [["drop-column"], "drop-column"],
  [["drop-column", "set-aside", "blank"], "blank"],
] as const)(
  "rows that break a check are answered by what is allowed (%o) and loses least",
  ([remedies, action]) => {
    const story = atTheGate(remedies).repaired("inspect", [fault]);
    expect(story.actions.slice(-3)).toEqual([`${action} positive`, "inspect", "publish"]);
    expect(story.state.replannings[0]?.kept).toEqual(["design", "conform", "publish"]);
  },
);

test("several faults are answered one after the other, since each answer makes a new version", () => {
  const checks = ["a", "b", "c"].map((name) => ({
    name,
    expect: "n > 0",
    remedies: ["set-aside"],
  }));
  const story = atTheGate([], { checks });
  const names = ["a", "b", "c"];
  story.repaired(
    "inspect",
    names.map((name) => ({ ...fault, name })),
  );
  const answers = Object.values(story.state.tasks).filter(({ type }) => type === "remedy");
  expect(answers).toHaveLength(3);
  const waits = answers.map(
    ({ dependsOn }) => dependsOn.filter((id) => id.startsWith("set-aside")).length,
  );
  expect(waits.sort()).toEqual([0, 1, 1]);
});

test("when the first remedy did not help, the next one is taken, and in the end the goal says why none does", () => {
  const story = atTheGate(["blank", "set-aside"]).repaired("inspect", [fault]);
  const version = { output: "b", rows: 10, quarantined: 0, duplicates: 0, reasons: [] };
  story.done("blank", version).repaired("inspect-2", [fault]);
  expect(story.actions).toContain("set-aside positive");
  story.done("set-aside", version);
  expect(story.refused("inspect-3", [fault])).toEqual({
    ok: false,
    why: "nothing may be done about 'positive': 'positive' was emptied before and is still faulty; 'positive' had rows set aside before and is still faulty; the check does not allow 'drop-column'",
  });
});

test("more rows than the goal allows are not set aside", () => {
  const story = atTheGate(["set-aside"], { limits: { setAside: 0.05 } });
  const refused = story.refused("inspect", [fault]);
  expect(refused).toMatchObject({ ok: false });
  expect(refused.ok ? "" : refused.why).toContain(
    "10 % of the rows would be set aside, and 5 % is the limit",
  );
});

test("a column that too many values cannot be read in becomes text, and all that knew its type is done again", () => {
  const story = new Story({}, { orders }).planned();
  const tables = { orders: { columns: [{ name: "id", type: "BIGINT" }], origins: {} } };
  const fit = { columns: [], dropped: [], missing: [] };
  story.done("design", { tables, fit, checked: {} });
  story.done("stage", { output: "a", rows: 5, quarantined: 5, duplicates: 0, reasons: [] });
  const unreadable = {
    at: "orders",
    name: "amount",
    pattern: "unreadable" as const,
    share: 0.5,
    diagnosis: "half",
  };
  story.repaired("check-source", [unreadable]);
  expect(story.actions).toEqual(
    expect.arrayContaining(["relax orders amount", "stage orders", "check-source orders"]),
  );
  const types = Object.values(story.state.tasks).map(({ id }) => id);
  expect(types).toEqual(expect.arrayContaining(["relax", "design-2", "stage-2", "check-source-2"]));
  const declared = new Story({}, { orders }).planned();
  declared.done("design", { tables, fit, checked: {} });
  declared.done("stage", { output: "a", rows: 5, quarantined: 5, duplicates: 0, reasons: [] });
  const refused = declared.refused("check-source", [{ ...unreadable, declared: true }]);
  expect(refused.ok ? "" : refused.why).toContain("the goal says what type 'amount' has");
});
