import { readdirSync, readFileSync, readlinkSync, statSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { engineInFolder } from "../engine/engine.test-support.ts";
import {
  describeSource,
  type Engine,
  profileSource,
  proposeSchema,
  publishDataset,
  readLatestVersion,
  scan,
  stageDataset,
} from "../index.ts";

type PublishInput = Parameters<typeof publishDataset>[1];

const { engine, folder: directory } = await engineInFolder();
const datasets = join(directory, "datasets");

/** What publishing a version of `cities` takes. */
async function version(goal: string, rows: readonly string[]): Promise<PublishInput> {
  const file = join(directory, `${goal}.csv`);
  writeFileSync(file, `${["city,people", ...rows].join("\n")}\n`);
  const profile = await profileSource(engine, await describeSource(file, [directory]));
  const schema = await proposeSchema(engine, profile, "values", 7);
  const output = join(directory, `${goal}.parquet`);
  const quarantine = join(directory, `${goal}-q.parquet`);
  await stageDataset(engine, { profile, schema, output, quarantine, attempt: "1" });
  return {
    datasets,
    input: output,
    staged: output,
    quarantines: [],
    duplicates: 0,
    runId: goal,
    endedAt: 0,
    attempt: "1",
    report: {
      dataset: "cities",
      goal,
      profile,
      schema: [...schema],
      quality: { rows: rows.length, score: 100, rules: 0, findings: [] },
      reasons: [],
      decisions: { proposals: [], votes: [], replannings: [], awards: [] },
    },
  };
}

const home = (): string => join(datasets, "cities");
const latest = (): string => readlinkSync(join(home(), "latest"));

test("a version appears whole, and latest points at it", async () => {
  const published = await publishDataset(engine, await version("one", ["Bern,134000"]));
  expect(latest()).toBe("one");
  expect(readdirSync(home()).sort()).toEqual(["latest", "one"]);
  expect(readdirSync(published.folder)).toEqual(
    expect.arrayContaining(["data.parquet", "lineage.json", "manifest.json", "report.md"]),
  );
});

test("while a version is made, readers see the one before it", async () => {
  const input = await version("two", ["Bern,134000", "Thun,44000"]);
  const seen = new Set<string>();
  const look = (): void => {
    for (const name of readdirSync(home())) {
      if (name.startsWith(".")) continue;
      const isWhole = readdirSync(join(home(), name)).includes("manifest.json");
      seen.add(`${name} ${isWhole ? "whole" : "torn"}, latest ${latest()}`);
    }
  };
  const watched: Engine = {
    workspace: engine.workspace,
    rows: (sql, signal) => engine.rows(sql, signal).finally(look),
    writeParquet: (query, path, signal) => engine.writeParquet(query, path, signal).finally(look),
    copy: (query, path, how, signal) => engine.copy(query, path, how, signal).finally(look),
    withTable: (query, work, signal) => engine.withTable(query, work, signal),
    close: () => engine.close(),
  };
  await publishDataset(watched, input);
  expect([...seen].sort()).toEqual(["latest whole, latest one", "one whole, latest one"]);
  expect(latest()).toBe("two");
});

test("publishing a version again leaves it as it is", async () => {
  const input = await version("two", ["Bern,134000", "Thun,44000"]);
  const before = statSync(join(home(), "two", "data.parquet")).mtimeMs;
  const again = await publishDataset(engine, { ...input, attempt: "2" });
  expect(again.rows.kept).toBe(2);
  expect(statSync(join(home(), "two", "data.parquet")).mtimeMs).toBe(before);
});

test("a version that fails half-way leaves nothing, and latest where it was", async () => {
  const input = await version("three", ["Bern,134000"]);
  await expect(publishDataset(engine, { ...input, duplicates: 1 })).rejects.toMatchObject({
    name: "RowCountError",
  });
  const stopped = AbortSignal.abort();
  await expect(publishDataset(engine, input, stopped)).rejects.toThrow();
  expect(readdirSync(home()).sort()).toEqual(["latest", "one", "two"]);
  expect(latest()).toBe("two");
});

test("a version tells what stands out in its source, what changed and what was done about it", async () => {
  const input = await version("drifted", ["Bern,134000", "Thun,44000"]);
  const faults = [
    {
      rule: "outlier",
      columns: ["people"],
      rows: 1,
      share: 0.01,
      severity: "soft" as const,
      score: 0.9,
      evidence: "1 above a gap",
      examples: [{ row: 7, value: "a|b" }],
      rowNumbers: [7],
    },
  ];
  const drift = {
    rowsBefore: 80,
    rowsAfter: 2,
    schema: [{ source: "drifting", column: "mayor", kind: "removed" as const, evidence: "gone" }],
    values: [{ column: "people", kind: "distribution" as const, size: 1.5, evidence: "moved" }],
  };
  const profile = { ...input.report.profile, faults };
  const published = await publishDataset(engine, {
    ...input,
    report: { ...input.report, dataset: "drifting", profile, drift, adapted: ["'mayor' is gone"] },
  });
  expect(published.drift).toEqual(drift);
  const report = readFileSync(published.files.report, "utf8");
  expect(report).toContain("| outlier | people | 1 | rows kept | 1 above a gap | 7: a\\|b |");
  expect(report).toMatch(
    /## Since the version before[^#]*mayor \| gone[^#]*people \| distribution/,
  );
  expect(report).toContain("- 'mayor' is gone");
  expect(published.files.pictures.some((path) => path.endsWith("columns.svg"))).toBe(true);
});

test("what a version was made of is kept, and its schema has a new number when it changes", async () => {
  const dataset = "numbered";
  const numbers: (number | undefined)[] = [];
  for (const [goal, rows] of [
    ["n-1", ["Bern,134000"]],
    ["n-2", ["Thun,44000"]],
    ["n-3", ["Thun,many"]],
  ] as const) {
    const input = await version(goal, rows);
    await publishDataset(engine, { ...input, report: { ...input.report, dataset } });
    const { schemas, profile } = await readLatestVersion(datasets, dataset);
    expect(profile).toEqual(input.report.profile);
    numbers.push(schemas?.number);
  }
  expect(numbers).toEqual([1, 1, 2]);
  expect(await readLatestVersion(datasets, "unheard-of")).toEqual({});
  // What was cut off, by a full disk for example, is as if it were not there.
  writeFileSync(join(datasets, dataset, "latest", "profile.json"), '{"rows": 1');
  expect(await readLatestVersion(datasets, dataset)).toEqual({ schemas: expect.anything() });
});

test.for(["parquet", "csv", "json", "ndjson"] as const)(
  "rows are written as %s, and read again they are the same",
  async (format) => {
    const input = await version(`as-${format}`, ["Bern,134000", '"Thun, BE",44000', "Chur,"]);
    const report = { ...input.report, dataset: `as-${format}` };
    const { files } = await publishDataset(engine, { ...input, report, format });
    expect(files.data).toMatch(new RegExp(`/data\\.${format}$`));
    const again = await profileSource(engine, await describeSource(files.data, [directory]));
    expect(again.source.format).toBe(format);
    const rows = await engine.rows(
      `SELECT city, people::DOUBLE AS people FROM ${scan(again.source, false)}`,
    );
    expect(rows).toEqual([
      { city: "Bern", people: 134000 },
      { city: "Thun, BE", people: 44000 },
      { city: "Chur", people: null },
    ]);
    expect(JSON.parse(readFileSync(files.lineage, "utf8")).outputs[0].name).toBe(files.data);
  },
);
