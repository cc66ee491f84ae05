import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Engine, openEngine } from "@troupe/data";
import { etlResultSchema, type GoalRecord } from "@troupe/goals";
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
  const records = (await deployment.follow(goal)).map(({ record }) => record);
  const end = records.at(-1);
  if (end?.type !== "finished") throw new Error(`it ended as ${JSON.stringify(end)}`);
  return { records, result: etlResultSchema.parse(end.result) };
}

const differing = async (query: string, file: string) => {
  const columns = "country, month, orders, buyers, round(net, 6) AS net";
  const [one, other] = [`SELECT ${columns} FROM (${query})`, `SELECT ${columns} FROM read_parquet('${file}')`];
  const [row] = await engine.rows(
    `SELECT (SELECT count(*) FROM ((${one}) EXCEPT ALL (${other})))::DOUBLE AS lost, (SELECT count(*) FROM ((${other}) EXCEPT ALL (${one})))::DOUBLE AS added, (SELECT count(*) FROM (${other}))::DOUBLE AS n`,
  );
  return { lost: row?.["lost"], added: row?.["added"], rows: Number(row?.["n"]) };
};

const typesIn = (records: readonly GoalRecord[]) => {
  const planned = records.find(({ type }) => type === "planned");
  return planned?.type === "planned" ? planned.tasks.map(({ id, copies }) => [id, copies ?? 1]) : [];
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
  await deployment.client.submit({ id: "parts", ...shop({ limits: { rowsPerPart: 800, memoryMb: 64 } }) });
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
  expect(typesIn(records)).toEqual(expect.arrayContaining([["stage-parts", 4], ["join-last", 4]]));
  expect(await differing(byHand(), result.files.data)).toMatchObject({ lost: 0, added: 0 });
  await deployment.startNode(accepted.node);
});
