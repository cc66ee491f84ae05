import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import { parquet } from "../engine/sql.ts";
import { validateColumn } from "../tasks/validate.ts";
import { writeParquet } from "../tasks/write.ts";
import type { Finding, Treatment } from "./rule.ts";
import { judgeTreatment, proposeTreatment } from "./treat-finding.ts";

const referenceTime = Date.UTC(2024, 0, 1);

const { engine, folder } = await engineInFolder();
const input = join(folder, "staged.parquet");
// 2000 days until the reference, then three that have not come.
await writeParquet(
  engine,
  "SELECT i AS _row, DATE '2018-07-01' + CAST(i + CASE WHEN i > 2000 THEN 60 ELSE 0 END AS INTEGER) AS day FROM range(1, 2004) t(i)",
  input,
  "1",
);

const finding: Finding = {
  rule: "plausible-time:day",
  kind: "plausible-time",
  column: "day",
  violations: 3,
  share: 3 / 2003,
  severity: "block",
  examples: [],
  diagnosis: "",
};
const place = () => ({ input, finding, referenceTime });

test("who looks at the first rows only would keep what who looks at all would set aside", async () => {
  expect(await proposeTreatment(engine, place(), "storage", 1)).toBe("keep");
  expect(await proposeTreatment(engine, place(), "values", 1)).toBe("set-aside");
});

test.for(["storage", "values", "sample"] as const)(
  "with the values in question before it, '%s' votes to set aside, and for nothing where that is no choice",
  async (lens) => {
    const vote = (alternatives: readonly Treatment[]) =>
      judgeTreatment(engine, place(), lens, alternatives, 1);
    expect(await vote(["keep", "set-aside"])).toMatchObject({ choice: 1 });
    expect(await vote(["keep", "mend"])).toMatchObject({ choice: undefined });
  },
);

test.for([
  ["keep", 2003, 0],
  ["set-aside", 2000, 3],
  ["mend", 2003, 0],
] as const)(
  "as was agreed on, '%s' leaves %i rows and sets %i aside",
  async ([treatment, rows, aside]) => {
    const version = await validateColumn(engine, {
      ...place(),
      finding: { ...finding, slippedFrom: "2024-01-02", treatment },
      output: join(folder, `${treatment}.parquet`),
      quarantine: join(folder, `${treatment}-quarantine.parquet`),
      attempt: "1",
    });
    expect(version).toMatchObject({ rows, quarantined: aside });
    const [latest] = await engine.rows(
      `SELECT CAST(max(day) AS VARCHAR) AS day FROM ${parquet(version.output)}`,
    );
    const expected = { keep: "2024-02-23", "set-aside": "2023-12-22", mend: "2023-12-22" };
    expect(latest).toEqual({ day: expected[treatment] });
  },
);
