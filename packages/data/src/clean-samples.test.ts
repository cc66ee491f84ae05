import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { cleanFile } from "./clean-file.test-support.ts";
import { DataError, type Engine, openEngine } from "./index.ts";

const samples = join(import.meta.dirname, "../../../node_modules/vega-datasets/data");
/** Long after every film in the sample; before some of the dates it gives them. */
const referenceTime = Date.UTC(2026, 10, 21);

let engine: Engine;
let directory: string;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "troupe-data-"));
  engine = await openEngine({ readable: [samples], workspace: directory });
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});

async function clean(file: string) {
  const place = { file: join(samples, file), readable: [samples], directory, referenceTime };
  const cleaned = await cleanFile(engine, place);
  expect(cleaned.quality.findings.filter(({ severity }) => severity === "block")).toEqual([]);
  return cleaned;
}

test("the films' 22 dates of 1915 to 1946 that came out a century late are moved back, and no others", async () => {
  const { published, schema, steps } = await clean("movies.json");
  expect(published.rows).toEqual({
    source: 3201,
    kept: 3201,
    repaired: 22,
    quarantined: 0,
    duplicates: 0,
  });
  expect(schema.find(({ name }) => name === "Release Date")).toMatchObject({
    type: "date",
    format: "%b %d %Y",
  });
  expect(schema.find(({ name }) => name === "Title")?.type).toBe("text");
  expect(steps).toEqual(["stage", "validate Release Date"]);
  const [range] = await engine.rows(
    `SELECT CAST(min("Release Date") AS VARCHAR) AS low, CAST(max("Release Date") AS VARCHAR) AS high, count(*) FILTER (year("Release Date") BETWEEN 1915 AND 1946)::DOUBLE AS old FROM read_parquet('${published.files.data}')`,
  );
  expect(range).toMatchObject({ low: "1915-02-08" });
  expect(String(range?.["high"])).toMatch(/^2011/);
  const [title] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM read_parquet('${published.files.data}') WHERE "Title" = '300'`,
  );
  expect(title).toEqual({ n: 1 });
});

test("a lone '.' among MALE and FEMALE is nothing, and its row is kept", async () => {
  const { published, steps, reasons } = await clean("penguins.json");
  expect(steps).toEqual(["stage", "normalise"]);
  expect(published.rows).toMatchObject({ source: 344, kept: 344, repaired: 1, quarantined: 0 });
  expect(reasons).toMatchObject([{ column: "Sex", rows: 1, action: "repaired" }]);
});

test("rows of a wide table that repeat others exactly are dropped", async () => {
  const { published, steps } = await clean("birdstrikes.csv");
  expect(steps).toContain("deduplicate");
  expect(published.rows).toMatchObject({ source: 10_000, duplicates: 24, quarantined: 0 });
});

test.for([
  "seattle-weather.csv",
  "stocks.csv",
  "gapminder.json",
  "sp500-2000.csv",
  "jobs.json",
  "zipcodes.csv",
  "species.csv",
  "weather.csv",
])("%s is clean, and nothing in it is touched", async (file) => {
  const { published, steps, reasons } = await clean(file);
  expect(steps).toEqual(["stage"]);
  expect(reasons).toEqual([]);
  expect(published.rows).toMatchObject({ kept: published.rows.source, repaired: 0 });
});

test("zip codes keep their leading zeros", async () => {
  const { published } = await clean("zipcodes.csv");
  const [row] = await engine.rows(
    `SELECT count(*)::DOUBLE AS n FROM read_parquet('${published.files.data}') WHERE zip_code LIKE '0%'`,
  );
  expect(Number(row?.["n"])).toBeGreaterThan(1000);
});

test("every file of the collection ends as a dataset whose rows add up, or is refused with a reason", async () => {
  const files = readdirSync(samples).filter((file) => /\.(csv|tsv|json|parquet)$/.test(file));
  expect(files.length).toBeGreaterThan(50);
  const refused: string[] = [];
  for (const file of files) {
    try {
      const { rows } = (await clean(file)).published;
      expect([file, rows.kept + rows.quarantined + rows.duplicates]).toEqual([file, rows.source]);
    } catch (error) {
      if (!(error instanceof DataError)) throw new Error(`${file}: ${error}`, { cause: error });
      refused.push(`${file}: ${error.code}`);
    }
  }
  expect(refused.every((line) => line.endsWith("source-format"))).toBe(true);
}, 240_000);
