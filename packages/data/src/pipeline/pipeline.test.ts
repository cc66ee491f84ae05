import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { parquet } from "../engine/sql.ts";
import {
  blocksOf,
  computeSteps,
  designPipeline,
  fitTarget,
  joinArm,
  nameSteps,
  PipelineError,
  partitionTable,
  type Step,
  type StepInput,
  type StoredTable,
  stepSchema,
  targetSchema,
} from "../index.ts";

const { engine, folder: directory } = await engineInFolder();

const sources = {
  orders: [
    { name: "id", type: "BIGINT" },
    { name: "customer", type: "BIGINT" },
    { name: "amount", type: "DOUBLE" },
  ],
  customers: [
    { name: "id", type: "BIGINT" },
    { name: "country", type: "VARCHAR" },
  ],
};
const stepsOf = (
  documents: readonly StepInput[],
  names = Object.keys(sources),
): readonly Step[] => {
  const { steps, issues } = nameSteps(
    documents.map((one) => stepSchema.parse(one)),
    names,
  );
  expect(issues).toEqual([]);
  return steps;
};
let scratches = 0;
const scratch = () => {
  scratches += 1;
  return join(directory, `scratch-${scratches}`);
};
const design = (documents: readonly StepInput[]) =>
  designPipeline({ sources, steps: stepsOf(documents), scratch: scratch() });

test("a pipeline is designed without any data: columns, types, and where they come from", async () => {
  const { tables } = await design([
    { op: "join", with: "customers", on: [{ left: "customer", right: "id" }], as: "full" },
    { op: "derive", columns: { net: "amount / 1.19" } },
    {
      op: "aggregate",
      by: ["country"],
      measures: {
        total: { fn: "sum", of: "net" },
        orders: { fn: "count" },
        ids: { fn: "sum", of: "id" },
      },
      as: "totals",
    },
  ]);
  expect(tables["full"]?.columns.map(({ name }) => name)).toEqual([
    "id",
    "customer",
    "amount",
    "id_customers",
    "country",
  ]);
  expect(tables["totals"]?.columns).toEqual([
    { name: "country", type: "VARCHAR" },
    { name: "total", type: "DOUBLE" },
    { name: "orders", type: "BIGINT" },
    { name: "ids", type: "BIGINT" },
  ]);
  expect(tables["totals"]?.origins).toEqual({
    country: [{ source: "customers", column: "country", how: "same" }],
    total: [{ source: "orders", column: "amount", how: "aggregated" }],
    orders: [],
    ids: [{ source: "orders", column: "id", how: "aggregated" }],
  });
});

test("all that is wrong with the steps is told at once, each by its place and name", async () => {
  const failure = await design([
    { op: "select", columns: ["id", "price"], as: "a" },
    { op: "filter", from: "orders", where: "amount > 'x'::DATE", as: "b" },
    {
      op: "join",
      from: "orders",
      with: "customers",
      on: [{ left: "customer", right: "country" }],
      as: "c",
    },
    { op: "derive", from: "c", columns: { d: "1" } },
    { op: "cast", from: "orders", columns: { amount: "date" } },
  ]).catch((error: unknown) => error);
  expect(failure).toBeInstanceOf(PipelineError);
  const { issues } = (failure as PipelineError).details;
  expect(issues).toHaveLength(4);
  expect(issues[3]).toContain("'amount' is decimal, and no decimal can be read as date");
  expect(issues[0]).toBe(
    "transformation 1 (select 'a'): 'orders' has no column 'price': it has 'id', 'customer', 'amount'",
  );
  expect(issues[1]).toContain("transformation 2 (filter 'b')");
  expect(issues[2]).toContain(
    "'orders.customer' is integer and 'customers.country' is text: cast one",
  );
});

test.for([
  ["another file", "(SELECT count(*) FROM read_csv('/etc/passwd'))"],
  ["a query", "(SELECT max(amount) FROM orders)"],
  ["other rows", "sum(amount) OVER ()"],
  ["two values", "1), (2"],
  ["another query behind", "1) UNION ALL SELECT (2"],
  ["chance", "random()"],
  ["the time", "current_timestamp"],
  ["the machine", "getenv('HOME')"],
] as const)("an expression cannot reach %s", async ([, expression]) => {
  await expect(design([{ op: "derive", columns: { v: expression } }])).rejects.toThrow(
    PipelineError,
  );
});

test.for([
  ["a file", "SELECT * FROM orders, read_csv('/etc/passwd')"],
  ["another table", "SELECT * FROM orders JOIN secrets USING (id)"],
  ["two statements", "SELECT * FROM orders; SELECT 1"],
  ["a statement that acts", "CREATE TABLE t AS SELECT * FROM orders"],
  ["chance", "SELECT random() AS r FROM orders"],
] as const)("a step in SQL cannot use %s", async ([, query]) => {
  await expect(design([{ op: "sql", query }])).rejects.toThrow(PipelineError);
});

test("steps on single rows are done with what comes before, and inner joins in a chain together", () => {
  const blocks = blocksOf(
    stepsOf(
      [
        { op: "filter", where: "amount > 0", as: "good" },
        { op: "join", with: "customers", on: [{ left: "customer", right: "id" }], as: "j1" },
        { op: "join", with: "regions", on: ["country"], as: "j2" },
        { op: "derive", columns: { net: "amount" }, as: "d" },
        { op: "aggregate", by: ["region"], measures: { n: { fn: "count" } }, as: "totals" },
        { op: "filter", where: "n > 1", as: "many" },
      ],
      ["orders", "customers", "regions"],
    ),
  );
  expect(blocks.map(({ name, kind, reads }) => [name, kind, reads])).toEqual([
    ["good", "rows", ["orders"]],
    ["d", "joins", ["good", "customers", "regions"]],
    ["many", "keyed", ["d"]],
  ]);
  expect(blocks[1]?.arms.map(({ name }) => name)).toEqual(["j1", "j2"]);
});

test("a target that cannot be made says which columns, and why", () => {
  const target = targetSchema.parse({
    columns: [
      { name: "id", type: "integer", key: true },
      { name: "Country", type: "text" },
      { name: "amount", type: "date" },
      { name: "note", type: "text", optional: true },
      { name: "source", type: "text", default: "shop" },
    ],
  });
  const given = [...(sources.orders ?? []), { name: "country", type: "VARCHAR" }];
  expect(() => fitTarget(given, target)).toThrow(
    "the target cannot be made; 'Country': the transformations give no such column; they give 'country': rename it; 'amount': it is decimal, and no decimal can be read as date: derive it",
  );
});

/** Orders and customers on disk. */
async function stored(): Promise<Readonly<Record<string, StoredTable>>> {
  const [orders, customers] = [
    join(directory, "orders.parquet"),
    join(directory, "customers.parquet"),
  ];
  await engine.writeParquet(
    "SELECT i AS id, CASE WHEN i % 7 = 0 THEN NULL ELSE i % 50 END AS customer, i / 4 AS amount FROM range(1000) t(i)",
    orders,
  );
  await engine.writeParquet(
    "SELECT i AS id, ['de', 'fr', 'it'][1 + i % 3] AS country FROM range(40) t(i)",
    customers,
  );
  return {
    orders: { files: [orders], columns: sources.orders },
    customers: { files: [customers], columns: sources.customers },
  };
}

test.for(["inner", "left", "right", "full", "semi", "anti"] as const)(
  "a %s join in parts gives the rows that it gives at once",
  async (how) => {
    const tables = await stored();
    const steps = stepsOf([
      { op: "join", with: "customers", on: [{ left: "customer", right: "id" }], how, as: "j" },
      { op: "derive", columns: { double: "amount * 2" }, as: "d" },
    ]);
    const { tables: designed } = await designPipeline({ sources, steps, scratch: scratch() });
    const columns = Object.fromEntries(
      Object.entries(designed).map(([name, table]) => [name, table.columns]),
    );
    const place = (name: string) => ({
      output: join(directory, `${how}-${name}.parquet`),
      scratch: scratch(),
      memoryLimitMb: 64,
    });
    const whole = await computeSteps({ tables, steps, design: columns, ...place("whole") });
    const parts = 4;
    const split = async (table: string, key: string) =>
      partitionTable({
        table: tables[table] as StoredTable,
        key: [{ name: key, type: "BIGINT" }],
        parts,
        outputOf: (part) => join(directory, `${how}-${table}-${part}.parquet`),
        scratch: scratch(),
        memoryLimitMb: 64,
      });
    const [left, right] = [await split("orders", "customer"), await split("customers", "id")];
    expect(left.rows.reduce((a, b) => a + b)).toBe(1000);
    const outputs: string[] = [];
    for (let part = 0; part < parts; part += 1) {
      const here = (files: readonly string[], name: string): StoredTable => ({
        files: [files[part] ?? ""],
        columns: tables[name]?.columns ?? [],
      });
      const done = await computeSteps({
        tables: {
          orders: here(left.outputs, "orders"),
          customers: here(right.outputs, "customers"),
        },
        steps,
        design: columns,
        ...place(`part-${part}`),
      });
      outputs.push(done.output);
    }
    const union = outputs.map((file) => `SELECT * FROM ${parquet(file)}`).join(" UNION ALL ");
    const [difference] = await engine.rows(
      `SELECT count(*)::DOUBLE AS n FROM ((${union}) EXCEPT ALL (SELECT * FROM ${parquet(whole.output)}))`,
    );
    const [count] = await engine.rows(`SELECT count(*)::DOUBLE AS n FROM (${union})`);
    expect(difference?.["n"]).toBe(0);
    expect(count?.["n"]).toBe(whole.rows);
    expect(whole.rows).toBeGreaterThan(0);
  },
);

test("inner joins give the same in another order", async () => {
  const tables = await stored();
  const regions = join(directory, "regions.parquet");
  await engine.writeParquet("SELECT i AS amount, 'r' || i AS region FROM range(100) t(i)", regions);
  const all = {
    ...sources,
    regions: [
      { name: "amount", type: "DOUBLE" },
      { name: "region", type: "VARCHAR" },
    ],
  };
  const { steps } = nameSteps(
    [
      stepSchema.parse({
        op: "join",
        with: "customers",
        on: [{ left: "customer", right: "id" }],
        as: "j1",
      }),
      stepSchema.parse({ op: "join", with: "regions", on: ["amount"], as: "j2" }),
    ],
    Object.keys(all),
  );
  const { tables: designed } = await designPipeline({ sources: all, steps, scratch: scratch() });
  const columns = Object.fromEntries(
    Object.entries(designed).map(([name, table]) => [name, table.columns]),
  );
  const stands: Record<string, StoredTable> = {
    ...tables,
    regions: { files: [regions], columns: all.regions },
  };
  const place = (name: string) => ({
    output: join(directory, name),
    scratch: scratch(),
    memoryLimitMb: 64,
  });
  const whole = await computeSteps({
    tables: stands,
    steps,
    design: columns,
    ...place("w.parquet"),
  });
  const [customers, regionsFirst] = blocksOf(steps)[0]?.arms ?? [];
  if (customers === undefined || regionsFirst === undefined)
    throw new Error("two joins are expected");
  const first = await joinArm({
    joined: stands["orders"] as StoredTable,
    right: stands["regions"] as StoredTable,
    arm: regionsFirst,
    design: columns,
    ...place("a.parquet"),
  });
  const second = await joinArm({
    joined: {
      files: [first.output],
      columns: [...sources.orders, { name: "region", type: "VARCHAR" }],
    },
    right: stands["customers"] as StoredTable,
    arm: customers,
    last: { name: "j2", steps: [] },
    design: columns,
    ...place("b.parquet"),
  });
  const rows = (path: string) => engine.rows(`SELECT * FROM ${parquet(path)} ORDER BY ALL`);
  expect(await rows(second.output)).toEqual(await rows(whole.output));
  expect(second.rows).toBeGreaterThan(0);
});

test("what needs more memory than there is spills, and a table far larger is split", async () => {
  const large = join(directory, "large.parquet");
  await engine.writeParquet(
    "SELECT i AS id, hash(i) % 200000 AS customer, repeat('x', 100) || i AS note FROM range(600000) t(i)",
    large,
  );
  const columns = [
    { name: "id", type: "BIGINT" },
    { name: "customer", type: "BIGINT" },
    { name: "note", type: "VARCHAR" },
  ];
  const split = await partitionTable({
    table: { files: [large], columns },
    key: [{ name: "customer", type: "BIGINT" }],
    parts: 8,
    outputOf: (part) => join(directory, `large-${part}.parquet`),
    scratch: scratch(),
    memoryLimitMb: 48,
  });
  expect(split.rows.reduce((a, b) => a + b)).toBe(600_000);
  expect(Math.max(...split.rows)).toBeLessThan(120_000);
  const steps = stepsOf(
    [{ op: "deduplicate", by: ["customer"], keep: { column: "id" }, as: "newest" }],
    ["large"],
  );
  const designed = await designPipeline({ sources: { large: columns }, steps, scratch: scratch() });
  const design = Object.fromEntries(
    Object.entries(designed.tables).map(([name, table]) => [name, table.columns]),
  );
  let rows = 0;
  for (const [part, file] of split.outputs.entries()) {
    const done = await computeSteps({
      tables: { large: { files: [file], columns } },
      steps,
      design,
      output: join(directory, `newest-${part}.parquet`),
      scratch: scratch(),
      memoryLimitMb: 48,
    });
    rows += done.rows;
  }
  const [distinct] = await engine.rows(
    `SELECT count(DISTINCT customer)::DOUBLE AS n FROM ${parquet(large)}`,
  );
  expect(rows).toBe(distinct?.["n"]);
}, 120_000);

test("a value that a transformation cannot take is told with the transformation", async () => {
  const { orders } = await stored();
  const steps = stepsOf([
    { op: "derive", columns: { day: "CAST('day ' || id AS DATE)" }, as: "dated" },
  ]);
  const designed = await designPipeline({ sources, steps, scratch: scratch() });
  const design = Object.fromEntries(
    Object.entries(designed.tables).map(([name, table]) => [name, table.columns]),
  );
  const done = computeSteps({
    tables: { orders: orders as StoredTable },
    steps,
    design,
    output: join(directory, "dated.parquet"),
    scratch: scratch(),
    memoryLimitMb: 64,
  });
  await expect(done).rejects.toThrow(/derive 'dated'.*"day 0"/s);
});
