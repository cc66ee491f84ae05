import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { openEngine } from "@troupe/data";
import type { GoalRecord } from "@troupe/goals";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { Deployment } from "./deployment/deployment.ts";

const samples = join(import.meta.dirname, "..", "node_modules", "vega-datasets", "data");

const resultSchema = z.object({
  folder: z.string(),
  files: z.object({
    data: z.string(),
    quarantine: z.string(),
    report: z.string(),
    lineage: z.string(),
    pictures: z.array(z.string()),
  }),
  rows: z.object({
    source: z.number(),
    kept: z.number(),
    repaired: z.number(),
    quarantined: z.number(),
    duplicates: z.number(),
  }),
  columns: z.array(z.object({ name: z.string(), type: z.string() })),
});

let deployment: Deployment;
beforeAll(async () => {
  deployment = await Deployment.start({ nodes: 3, sources: [samples] });
}, 120_000);
afterAll(() => deployment?.stop());

type Kind = GoalRecord["type"];
const recordsOf = <K extends Kind>(records: readonly GoalRecord[], type: K) =>
  records.filter((record): record is Extract<GoalRecord, { type: K }> => record.type === type);

/** Runs a cleaning goal through the whole product. */
async function clean(id: string, source: string, rules?: string) {
  const written = rules === undefined ? {} : { rules };
  await deployment.client.submit({ id, kind: "clean", source, ...written });
  const records = (await deployment.follow(id)).map(({ record }) => record);
  const [finished] = recordsOf(records, "finished");
  const [planned] = recordsOf(records, "planned");
  return {
    records,
    planned: planned?.tasks.map(({ type }) => type) ?? [],
    proposals: recordsOf(records, "deliberated")[0]?.proposals.length ?? 0,
    votes: recordsOf(records, "deliberated")[0]?.votes ?? [],
    replanned: recordsOf(records, "replanned"),
    result: finished === undefined ? undefined : resultSchema.parse(finished.result),
  };
}

/** Asks the published Parquet file itself. */
async function ask(file: string, sql: (table: string) => string) {
  const engine = await openEngine({
    readable: [deployment.directory],
    workspace: deployment.directory,
  });
  try {
    return await engine.rows(sql(`read_parquet('${file}')`));
  } finally {
    await engine.close();
  }
}

test("films that seem to come out in the future fail the gate, the plan is repaired, and they are dated back", async () => {
  const { proposals, votes, planned, replanned, result } = await clean(
    "movies",
    join(samples, "movies.json"),
  );
  expect(proposals).toBeGreaterThanOrEqual(3);
  expect(votes.length).toBeGreaterThan(0);
  expect(planned).not.toContain("validate");
  expect(replanned).toHaveLength(1);
  expect(replanned[0]).toMatchObject({ class: "data_quality_failure", strategy: "add_validation" });
  expect(replanned[0]?.tasks.map(({ type }) => type)).toContain("validate");
  expect(result?.rows).toEqual({
    source: 3201,
    kept: 3201,
    repaired: 22,
    quarantined: 0,
    duplicates: 0,
  });
  if (result === undefined) return;
  const rows = await ask(
    result.files.data,
    (movies) => `
      SELECT (SELECT count(*)::INT FROM ${movies}) AS films,
             (SELECT year("Release Date")::INT FROM ${movies} WHERE Title = 'Ben-Hur' ORDER BY 1 LIMIT 1) AS benHur,
             (SELECT max(year("Release Date"))::INT FROM ${movies}) AS latest`,
  );
  expect(rows).toEqual([{ films: 3201, benHur: 1925, latest: expect.any(Number) }]);
  expect(Number(rows[0]?.["latest"])).toBeLessThan(2015);
  expect(readFileSync(result.files.report, "utf8")).toContain("](years-1.svg)");
  for (const picture of result.files.pictures) {
    expect(readFileSync(picture, "utf8")).toContain("<svg");
  }
  for (const file of [result.files.quarantine, result.files.lineage]) {
    expect(existsSync(file)).toBe(true);
  }
});

test("a placeholder in another file leads to another schema, another plan and no repair", async () => {
  const { planned, replanned, result } = await clean("penguins", join(samples, "penguins.json"));
  expect(planned).toContain("normalise");
  expect(replanned).toEqual([]);
  expect(result?.rows).toMatchObject({ source: 344, kept: 344, repaired: 1, quarantined: 0 });
  if (result === undefined) return;
  const [counts] = await ask(
    result.files.data,
    (penguins) => `
      SELECT count(*) FILTER (Sex = '.')::INT AS dots, count(*) FILTER (Sex IS NULL)::INT AS missing
      FROM ${penguins}`,
  );
  expect(counts).toEqual({ dots: 0, missing: 11 });
});

test("a clean file is neither repaired nor replanned", async () => {
  const lines = Array.from({ length: 90 }, (_, i) => {
    const day = new Date(Date.UTC(2024, 0, 1 + i)).toISOString().slice(0, 10);
    return `${i + 1},${day},${["north", "south", "west"][i % 3]},${(12 + (i % 7) * 1.25).toFixed(2)}`;
  });
  const source = join(deployment.inbox, "control.csv");
  writeFileSync(source, `${["reading,day,station,celsius", ...lines].join("\n")}\n`);
  const { planned, replanned, records, result } = await clean("control", source);
  expect(planned.toSorted()).toEqual(["check", "draft-rules", "publish", "stage"]);
  expect(replanned).toEqual([]);
  expect(recordsOf(records, "task-failed")).toEqual([]);
  expect(result?.rows).toEqual({
    source: 90,
    kept: 90,
    repaired: 0,
    quarantined: 0,
    duplicates: 0,
  });
  expect(result?.columns).toEqual([
    { name: "reading", type: "integer" },
    { name: "day", type: "date" },
    { name: "station", type: "text" },
    { name: "celsius", type: "decimal" },
  ]);
});

test.for([
  "birdstrikes.csv",
  "earthquakes.json",
  "us-10m.json",
  "stocks.csv",
  "weather.csv",
  "7zip.png",
  "github.csv",
  "monarchs.json",
])(
  "%s, which nobody wrote for this, ends in a published dataset or in a clear refusal",
  async (file) => {
    const id = `any-${file.replaceAll(".", "-")}`;
    const { records, result } = await clean(id, join(samples, file));
    if (result === undefined) {
      const [failed] = recordsOf(records, "failed");
      expect(failed?.error.message).toContain(file);
      expect(failed?.error.message).toMatch(/supported are|no rows|empty|check the path/);
      return;
    }
    const { source, kept, quarantined, duplicates } = result.rows;
    expect(kept + quarantined + duplicates).toBe(source);
    const [counted] = await ask(
      result.files.data,
      (data) => `SELECT count(*)::INT AS n FROM ${data}`,
    );
    expect(counted).toEqual({ n: kept });
  },
);

test.for([
  ["missing.csv", undefined, "there is no file"],
  ["empty.json", "", "is empty"],
  ["half.json", '[{"a": 1}, {"a": 2', "half.json"],
])("%s is refused with what is wrong and what to do", async ([name = "", content, says = ""]) => {
  const source = join(deployment.inbox, name);
  if (content !== undefined) writeFileSync(source, content);
  const { records, result } = await clean(`bad-${name.replaceAll(".", "-")}`, source);
  expect(result).toBeUndefined();
  expect(recordsOf(records, "failed")[0]?.error.message).toContain(says);
});

test("rows that can't be right, and those that break a rule that somebody wrote, are set aside with the reason", async () => {
  const lines = Array.from({ length: 90 }, (_, at) => {
    const [lat, lon] = [(40 + at / 10).toFixed(1), (-70 - ((at * 7) % 90) / 10).toFixed(1)];
    return `s${at},${lat},${lon},${12 + (at % 7)}`;
  });
  lines[20] = "s20,142.0,-71.1,14";
  lines[40] = "s40,44.0";
  lines[60] = "s60,46.0,-72.2,99";
  const source = join(deployment.inbox, "stations.csv");
  writeFileSync(source, `${["station,lat,lon,celsius", ...lines].join("\n")}\n`);
  const rules = join(deployment.inbox, "stations-rules.json");
  const rule = { id: "mild", column: "celsius", expression: "celsius < 50", severity: "block" };
  writeFileSync(rules, JSON.stringify({ rules: [rule] }));
  const { records, result } = await clean("stations", source, rules);
  expect(recordsOf(records, "failed")).toEqual([]);
  expect(result?.rows).toMatchObject({ source: 90, kept: 87, quarantined: 3 });
  if (result === undefined) return;
  const aside = await ask(
    result.files.quarantine,
    (rows) => `SELECT _row::INT AS row, reason FROM ${rows} ORDER BY _row`,
  );
  expect(aside).toEqual([
    { row: 21, reason: expect.stringContaining("beyond 90 degrees") },
    { row: 41, reason: expect.stringContaining("4 values of the header") },
    { row: 61, reason: expect.stringContaining("celsius < 50") },
  ]);
  expect(readFileSync(result.files.report, "utf8")).toContain("## What stands out");
});
