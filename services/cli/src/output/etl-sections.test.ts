import type { EtlResult } from "@troupe/goals";
import { expect, test } from "vitest";
import { etlSections } from "./etl-sections.ts";
import { plainPaint } from "./paint.ts";
import { sections } from "./sections.ts";

const screen = { width: 72, paint: plainPaint };

test("the result of an ETL goal shows its files, rows by source, what was set aside, and what has changed", () => {
  const result: EtlResult = {
    dataset: "sales",
    folder: "/d/sales/g1",
    files: {
      data: "/d/sales/g1/data.parquet",
      quarantine: "/d/sales/g1/quarantine.parquet",
      report: "/d/sales/g1/report.md",
      lineage: "/d/sales/g1/lineage.json",
      schema: "/d/sales/g1/schema.json",
      manifest: "/d/sales/g1/manifest.json",
      pictures: ["/d/sales/g1/rows.svg", "/d/sales/g1/missing.svg"],
    },
    rows: { sources: { orders: 12_345, rates: 3 }, output: 4, quarantined: 2 },
    columns: [
      { name: "country", type: "text" },
      { name: "net", type: "decimal(12,2)" },
    ],
    reasons: [
      {
        table: "orders",
        column: "amount",
        reason: "not a decimal",
        rows: 1,
        action: "quarantined",
      },
      { table: "step4", reason: "the same key twice", rows: 1, action: "quarantined" },
    ],
    schema: { number: 2 },
    drifts: [
      {
        source: "rates",
        column: "code",
        kind: "renamed",
        now: "country_code",
        evidence: "'rates.code' is called 'country_code' now",
      },
    ],
    notes: [],
    checks: { score: 100, findings: 0 },
  };
  expect(`\n${sections(etlSections(result, screen), screen).join("\n")}\n`).toMatchInlineSnapshot(`
    "

    What there is now
      output      /d/sales/g1/data.parquet
      report      /d/sales/g1/report.md
      quarantine  /d/sales/g1/quarantine.parquet
      lineage     /d/sales/g1/lineage.json
      schema      /d/sales/g1/schema.json
      manifest    /d/sales/g1/manifest.json
      pictures    /d/sales/g1/rows.svg
                  /d/sales/g1/missing.svg
      columns     country text, net decimal(12,2)
      checks      0 findings, score 100.0 of 100; version 2 of the schema

    Rows
      12,345 in 'orders'
           3 in 'rates'
           4 in the output
           2 quarantined on the way

    Why rows changed
      1 quarantined  orders.amount: not a decimal
      1 quarantined  step4: the same key twice

    What sources no longer are
      'rates.code' is called 'country_code' now
    "
  `);
});
