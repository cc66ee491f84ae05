import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Engine, openEngine } from "@troupe/data";
import { etlKind, etlResultSchema, type GoalRecord, replayGoal } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { Deployment } from "./deployment/deployment.ts";
import { expectNothingTwice } from "./deployment/once.ts";

const rows = 3000;
const customers = 120;

let deployment: Deployment;
let engine: Engine;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 3 });
  engine = await openEngine({ readable: [deployment.directory], workspace: deployment.directory });
  writeShop();
}, 120_000);
afterAll(async () => {
  await engine?.close();
  await deployment?.stop();
});

const inbox = (name: string) => join(deployment.inbox, name);

/** Orders with amounts that are no numbers and customers that are not known, customers, and rates by country. */
function writeShop(): void {
  const orders = Array.from({ length: rows }, (_, i) => {
    const amount = i % 500 === 17 ? "oops" : ((i * 37) % 900) / 4;
    return `${i},c${(i * 7) % 130},${amount},2024-${String(1 + (i % 12)).padStart(2, "0")}-05`;
  });
  writeFileSync(inbox("orders.csv"), ["order_id,customer,amount,day", ...orders].join("\n"));
  const people = Array.from({ length: customers }, (_, i) => ({
    id: `c${i}`,
    name: `Customer ${i}`,
    country: ["de", "fr", "it", "xx"][i % 4],
  }));
  writeFileSync(inbox("customers.json"), JSON.stringify(people));
  writeFileSync(inbox("rates.csv"), "code,vat\nde,0.19\nfr,0.2\nit,0.22\n");
}

const shop = (over: Readonly<Record<string, unknown>> = {}) => ({
  kind: "etl" as const,
  name: "sales",
  sources: [
    { name: "orders", path: inbox("orders.csv") },
    { name: "customers", path: inbox("customers.json"), format: "json" },
    { name: "rates", path: inbox("rates.csv") },
  ],
  transformations: [
    { op: "filter", from: "orders", where: "amount > 1", as: "paid" },
    { op: "join", with: "customers", on: [{ left: "customer", right: "id" }], as: "known" },
    { op: "join", with: "rates", on: [{ left: "country", right: "code" }], as: "taxed" },
    { op: "derive", columns: { net: "amount / (1 + vat)", month: "date_trunc('month', day)" } },
    {
      op: "aggregate",
      by: ["country", "month"],
      measures: {
        orders: { fn: "count" },
        buyers: { fn: "count-distinct", of: "customer" },
        net: { fn: "sum", of: "net" },
      },
    },
  ],
  target: {
    columns: [
      { name: "country", type: "text", key: true },
      { name: "month", type: "date", key: true },
      { name: "orders", type: "integer", nullable: false },
      { name: "buyers", type: "integer" },
      { name: "net", type: "decimal" },
    ],
  },
  ...over,
});

/** The same by one query that somebody wrote by hand. */
const byHand = () => `
  SELECT c.country, date_trunc('month', CAST(o.day AS DATE))::DATE AS month, count(*) AS orders,
         count(DISTINCT o.customer) AS buyers, sum(TRY_CAST(o.amount AS DOUBLE) / (1 + r.vat)) AS net
  FROM read_csv('${inbox("orders.csv")}', all_varchar = true) o
  JOIN read_json('${inbox("customers.json")}') c ON c.id = o.customer
  JOIN read_csv('${inbox("rates.csv")}') r ON r.code = c.country
  WHERE TRY_CAST(o.amount AS DOUBLE) > 1 GROUP BY ALL`;

async function endOf(goal: string) {
  const events = await deployment.follow(goal);
  const records = events.map(({ record }) => record);
  const end = records.at(-1);
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  const replay = await replayGoal(goal, events, etlKind);
  expect(replay.steps.filter(({ verdict }) => verdict === "different")).toEqual([]);
  return { records, result: etlResultSchema.parse(end.result) };
}

const differing = async (query: string, file: string) => {
  const columns = "country, month, orders, buyers, round(net, 6) AS net";
  const [one, other] = [
    `SELECT ${columns} FROM (${query})`,
    `SELECT ${columns} FROM read_parquet('${file}')`,
  ];
  const [row] = await engine.rows(
    `SELECT (SELECT count(*) FROM ((${one}) EXCEPT ALL (${other})))::DOUBLE AS lost, (SELECT count(*) FROM ((${other}) EXCEPT ALL (${one})))::DOUBLE AS added, (SELECT count(*) FROM (${other}))::DOUBLE AS n`,
  );
  return { lost: row?.["lost"], added: row?.["added"], rows: Number(row?.["n"]) };
};

const typesIn = (records: readonly GoalRecord[]) => {
  const planned = records.find(({ type }) => type === "planned");
  return planned?.type === "planned"
    ? planned.tasks.map(({ id, copies }) => [id, copies ?? 1])
    : [];
};

test("three sources become one table, as one query over the files gives it", async () => {
  await deployment.client.submit({ id: "whole", ...shop() });
  const { records, result } = await endOf("whole");
  expectNothingTwice(records);
  expect(await differing(byHand(), result.files.data)).toMatchObject({ lost: 0, added: 0 });
  expect(result.rows.sources).toEqual({ orders: rows, customers, rates: 3 });
  expect(result.reasons).toContainEqual({
    table: "orders",
    reason: "not a decimal",
    column: "amount",
    rows: 6,
    action: "quarantined",
  });
});

test("large tables are worked on in parts, and a node killed meanwhile changes nothing", async () => {
  await deployment.client.submit({
    id: "parts",
    ...shop({ limits: { rowsPerPart: 800, memoryMb: 64 } }),
  });
  const before = await deployment.follow(
    "parts",
    ({ record }) => record.type === "task-done" && record.task.startsWith("stage-parts"),
  );
  const accepted = before[0]?.record;
  if (accepted?.type !== "accepted") throw new Error("the first event is not the acceptance");
  await deployment.kill(accepted.node);
  const { records, result } = await endOf("parts");
  expectNothingTwice(records);
  expect(records.some(({ type }) => type === "resumed")).toBe(true);
  expect(typesIn(records)).toEqual(
    expect.arrayContaining([
      ["stage-parts", 4],
      ["join-last", 4],
    ]),
  );
  expect(await differing(byHand(), result.files.data)).toMatchObject({ lost: 0, added: 0 });
  await deployment.startNode(accepted.node);
});

test("two large tables are split by their key and joined part by part", async () => {
  await deployment.client.submit({ id: "split", ...shop({ limits: { rowsPerPart: 100 } }) });
  const { records, result } = await endOf("split");
  const planned = new Map(typesIn(records) as [string, number][]);
  expect(planned.get("split-joined")).toBe(1);
  expect(planned.get("join-parts")).toBe(16);
  expect(await differing(byHand(), result.files.data)).toMatchObject({ lost: 0, added: 0 });
});

async function failureOf(goal: string) {
  const records = (await deployment.follow(goal)).map(({ record }) => record);
  const end = records.at(-1);
  if (end?.type !== "failed") throw new Error(`it ended as ${JSON.stringify(end)}`);
  return end.error;
}

test("a run after a source has changed finds its columns again, and tells how", async () => {
  writeFileSync(inbox("items.csv"), "item_id,price,stock\na1,1.5,3\na2,2.5,4\na3,9.0,5\n");
  const goal = (over: object = {}) => ({
    kind: "etl",
    name: "items",
    sources: [{ name: "items", path: inbox("items.csv") }],
    transformations: [{ op: "select", columns: ["item_id", "price"] }],
    ...over,
  });
  await deployment.client.submit({ id: "items1", ...goal() });
  const { result: first } = await endOf("items1");
  expect(first.drifts).toEqual([]);
  expect(first.schema.number).toBe(1);
  writeFileSync(
    inbox("items.csv"),
    "article_id,price,colour\na1,1.5,red\na2,n. a. yet,red\na3,9.0,blue\na4,3,red\na5,3,red\na6,4,red\n",
  );
  await deployment.client.submit({ id: "items2", ...goal({ onDrift: "refuse" }) });
  const refusal = await failureOf("items2");
  expect(refusal.code).toBe("schema-drift");
  expect(refusal.message).toContain("'items.item_id' is called 'article_id' now");
  expect(refusal.message).toContain("'items.stock' is gone");
  const policy = { removed: "accept" };
  await deployment.client.submit({
    id: "items3",
    ...goal({ onDrift: policy, limits: { unreadable: 0.2 } }),
  });
  const { result } = await endOf("items3");
  expect(result.drifts.map(({ column, kind }) => [column, kind]).sort()).toEqual([
    ["colour", "added"],
    ["item_id", "renamed"],
    ["price", "retyped"],
    ["stock", "removed"],
  ]);
  expect(result.columns).toEqual([
    { name: "item_id", type: "text" },
    { name: "price", type: "decimal" },
  ]);
  expect(result.rows).toMatchObject({ output: 5, quarantined: 1 });
  expect(result.schema.number).toBe(2);
  expect(readFileSync(result.files.report, "utf8")).toContain(
    "'article_id' is read as 'item_id', which it was called before",
  );
  const page = readFileSync(result.files.page ?? "", "utf8");
  expect(page).toContain("'article_id' is read as 'item_id'");
  expect(page).toContain("UTF-8");
});

test("a target that cannot be made fails the goal before any data is moved, and says which columns", async () => {
  const target = {
    columns: [
      { name: "country", type: "text", key: true },
      { name: "profit", type: "decimal" },
      { name: "net", type: "date" },
    ],
  };
  await deployment.client.submit({ id: "unmade", ...shop({ target }) });
  const records = (await deployment.follow("unmade")).map(({ record }) => record);
  expect(records.at(-1)).toMatchObject({
    type: "failed",
    error: {
      code: "target-unreachable",
      message: expect.stringMatching(
        /'profit': the transformations give no such column.*'net': it is decimal, and no decimal can be read as date/,
      ),
    },
  });
  const begun = records.flatMap((record) => (record.type === "awarded" ? record.tasks : []));
  expect(begun.filter((task) => !/^(profile|recall|design)/.test(task))).toEqual([]);
});

test("rows that break checks are answered as the goal allows, in formats and folders as it asks", async () => {
  await deployment.client.submit({
    id: "checked",
    ...shop({
      name: "checked",
      transformations: [
        { op: "join", from: "orders", with: "customers", on: [{ left: "customer", right: "id" }] },
        { op: "join", with: "rates", on: [{ left: "country", right: "code" }], how: "left" },
        { op: "select", columns: ["order_id", "country", "amount", "vat"] },
      ],
      target: {
        columns: [
          { name: "order_id", type: "integer", key: true },
          { name: "country", type: "text", nullable: false },
          { name: "amount", type: "decimal(9,2)" },
        ],
      },
      checks: [
        { name: "cheap", expect: "amount < 200", remedies: ["blank"] },
        { name: "known-country", expect: "country <> 'xx'" },
        { name: "round", expect: "amount = floor(amount)", severity: "warn" },
      ],
      output: { format: "csv", partitionBy: ["country"] },
    }),
  });
  const { records, result } = await endOf("checked");
  const replanned = records.filter(({ type }) => type === "replanned");
  expect(replanned).toHaveLength(1);
  const byHandRows = `SELECT count(*) FILTER (c.country <> 'xx')::DOUBLE AS kept, count(*) FILTER (c.country = 'xx')::DOUBLE AS aside,
    sum(CASE WHEN TRY_CAST(o.amount AS DOUBLE) < 200 AND c.country <> 'xx' THEN TRY_CAST(o.amount AS DOUBLE) END)::DOUBLE AS total
    FROM read_csv('${inbox("orders.csv")}', all_varchar = true) o JOIN read_json('${inbox("customers.json")}') c ON c.id = o.customer WHERE TRY_CAST(o.amount AS DOUBLE) IS NOT NULL`;
  const [wanted] = await engine.rows(byHandRows);
  const [found] = await engine.rows(
    `SELECT count(*)::DOUBLE AS kept, sum(amount)::DOUBLE AS total, count(DISTINCT country)::DOUBLE AS countries FROM read_csv('${result.files.data}/*/*.csv', hive_partitioning = true)`,
  );
  expect(found?.["kept"]).toBe(wanted?.["kept"]);
  expect(found?.["countries"]).toBe(3);
  expect(Number(found?.["total"])).toBeCloseTo(Number(wanted?.["total"]), 0);
  expect(result.rows.quarantined).toBe(Number(wanted?.["aside"]) + 6);
  expect(result.checks.findings).toBe(1);
});

test("a column whose values turn out to be something else is read as text", async () => {
  const values = Array.from({ length: 400 }, (_, i) => `${i},${i % 3 === 0 ? `n${i}` : i}`);
  writeFileSync(
    inbox("codes.csv"),
    ["id,code", ...Array.from({ length: 400 }, (_, i) => `${i},${i}`)].join("\n"),
  );
  const goal = {
    kind: "etl",
    name: "codes",
    sources: [{ name: "codes", path: inbox("codes.csv") }],
  };
  await deployment.client.submit({ id: "codes1", ...goal });
  expect((await endOf("codes1")).result.columns[1]).toEqual({ name: "code", type: "integer" });
  writeFileSync(inbox("codes.csv"), ["id,code", ...values].join("\n"));
  await deployment.client.submit({ id: "codes2", ...goal });
  const { records, result } = await endOf("codes2");
  expect(records.some((record) => record.type === "replanned")).toBe(true);
  expect(result.rows).toMatchObject({ output: 400, quarantined: 0 });
  expect(result.columns[1]).toEqual({ name: "code", type: "text" });
});

test("a source that is to be cleaned is, before anything is made of it", async () => {
  const rowOf = (i: number) => {
    const seen = i % 150 === 3 ? "2190-05-06" : `2019-05-${String(1 + (i % 28)).padStart(2, "0")}`;
    return `${i},${i % 40 === 5 ? "N/A" : `town ${i % 11}`},${i % 7},${i % 5},${(i * 3) % 17},${seen}`;
  };
  const lines = Array.from({ length: 300 }, (_, i) => rowOf(i));
  const file = ["id,town,a,b,c,seen", ...lines, rowOf(10), rowOf(11)];
  writeFileSync(inbox("visits.csv"), file.join("\n"));
  const goal = (id: string, clean: boolean) => ({
    id,
    kind: "etl",
    name: id,
    sources: [{ name: "visits", path: inbox("visits.csv"), clean }],
    transformations: [{ op: "aggregate", by: ["town"], measures: { visits: { fn: "count" } } }],
  });
  await deployment.client.submit(goal("dirty", false));
  await deployment.client.submit(goal("clean", true));
  const { result: dirty } = await endOf("dirty");
  const { records, result: clean } = await endOf("clean");
  const counts = async (path: string) => {
    const [row] = await engine.rows(
      `SELECT sum(visits)::DOUBLE AS rows, count(*) FILTER (town = 'N/A')::DOUBLE AS tokens FROM read_parquet('${path}')`,
    );
    return row;
  };
  expect(await counts(dirty.files.data)).toEqual({ rows: 302, tokens: 1 });
  expect(await counts(clean.files.data)).toEqual({ rows: 298, tokens: 0 });
  expect(clean.rows.quarantined).toBe(2);
  const done = records.flatMap((record) => (record.type === "task-done" ? [record.task] : []));
  expect(done).toEqual(expect.arrayContaining(["normalise", "deduplicate", "validate"]));
});

test("the example of the page gives what the page says", async () => {
  const page = readFileSync(join(import.meta.dirname, "..", "docs", "etl.md"), "utf8");
  const files = [...page.matchAll(/`\/data\/([a-z]+\.[a-z]+)`\n\n```[a-z]+\n([^`]+)```/g)];
  for (const [, name = "", content = ""] of files) writeFileSync(inbox(`page-${name}`), content);
  const document = /`etl\.json`[^\n]+\n\n```json\n([^`]+)```/.exec(page)?.[1] ?? "";
  const goal = JSON.parse(document.replaceAll("/data/", `${deployment.inbox}/page-`)) as object;
  await deployment.client.submit({ id: "page", ...goal, kind: "etl", name: "page" });
  const { result } = await endOf("page");
  const rowsFound = await engine.rows(
    `SELECT country, month::VARCHAR AS month, orders::VARCHAR AS orders, net::VARCHAR AS net FROM read_parquet('${result.files.data}')`,
  );
  const section = page.slice(
    page.indexOf("What comes out. Order"),
    page.indexOf("## The document"),
  );
  const lines = section.split("\n").filter((line) => /^\| (de|fr|it)/.test(line));
  const table = lines.map((line) =>
    line
      .split("|")
      .slice(1, -1)
      .map((cell) => cell.trim()),
  );
  expect(rowsFound.map((row) => Object.values(row))).toEqual(table);
  expect(files).toHaveLength(3);
  const lineage = JSON.parse(readFileSync(result.files.lineage, "utf8")) as {
    outputs: { facets: { columnLineage: { fields: Record<string, { inputFields: object[] }> } } }[];
  };
  expect(lineage.outputs[0]?.facets.columnLineage.fields["net"]?.inputFields).toMatchObject([
    { name: inbox("page-rates.csv"), field: "vat", transformations: [{ subtype: "AGGREGATION" }] },
    {
      name: inbox("page-orders.csv"),
      field: "amount",
      transformations: [{ subtype: "AGGREGATION" }],
    },
  ]);
  expect(result.files.pictures).toHaveLength(2);
  for (const picture of result.files.pictures) {
    expect(readFileSync(picture, "utf8")).toMatch(/^<svg/);
  }
  const quarantine = await engine.rows(
    `SELECT "table" AS t, "value" AS v FROM read_parquet('${result.files.quarantine}')`,
  );
  expect(quarantine).toEqual([{ t: "orders", v: "n. a. yet" }]);
  expect(result.reasons.map(({ column, reason }) => [column, reason])).toEqual([
    ["amount", "not a decimal"],
  ]);
});
