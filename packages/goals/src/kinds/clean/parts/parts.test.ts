import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { noTracer } from "@troupe/actor";
import type { Tool } from "@troupe/agents";
import {
  describeSource,
  duplicatesAreErrors,
  type Engine,
  emptyColumn,
  type Finding,
  findingSchema,
  inspectionRuleSchema,
  inspectSource,
  openEngine,
  type Profile,
  profileSchema,
  proposeSchema,
  publishedSchema,
  type Quality,
  type QualityError,
  ruleSchema,
  type Version,
  versionSchema,
} from "@troupe/data";
import { seededRandom } from "@troupe/testkit";
import { afterAll, beforeAll, expect, test } from "vitest";
import { z } from "zod";
import { aloneTeam, delegationSchema, type Team } from "../../../parts/team.ts";
import { cleanTools } from "../tools/clean-tools.ts";
import { Divider } from "./divide.ts";
import { pieceSchema, pieceWorker } from "./piece.ts";

const referenceTime = Date.UTC(2025, 0, 1);
const cases = [
  ["csv", 3],
  ["csv", 14],
  ["ndjson", 15],
  ["json", 92],
  ["parquet", 65],
] as const;

let directory: string;
let engine: Engine;
beforeAll(async () => {
  directory = mkdtempSync(join(tmpdir(), "troupe-parts-"));
  engine = await openEngine({ readable: [], workspace: directory });
});
afterAll(async () => {
  await engine.close();
  rmSync(directory, { recursive: true, force: true });
});

const refusal = z.object({ details: z.object({ findings: z.array(findingSchema) }) });

/** Orders with all that cleaning is for: unreadable amounts, tokens for nothing, repeated rows, times to come. */
function orders(seed: number): readonly Readonly<Record<string, unknown>>[] {
  const random = seededRandom(seed);
  const below = (limit: number): number => Math.floor(random.next() * limit);
  const rows: Record<string, unknown>[] = [];
  for (let at = 0; at < 400; at += 1) {
    const isRepeated = at > 10 && below(100) === 0;
    const day = new Date(Date.UTC(2015 + below(9), below(12), 1 + below(28)));
    if (below(130) === 0) day.setUTCFullYear(2090);
    rows.push(
      isRepeated
        ? { ...rows[below(at)] }
        : {
            id: at + 1,
            day: day.toISOString().slice(0, 10),
            region: below(25) === 0 ? "n/a" : ["north", "south", "it's, east"][below(3)],
            customer: `customer ${below(60)}`,
            quantity: below(40) === 0 ? null : 1 + below(9),
            amount: below(80) === 0 ? "unclear" : `${below(500)}.${10 + below(90)}`,
          },
    );
  }
  return rows;
}

async function fileOf(seed: number, format: (typeof cases)[number][0]): Promise<string> {
  const rows = orders(seed);
  const path = join(directory, `orders-${seed}.${format}`);
  const quoted = (value: unknown) => (value === null ? "" : `"${String(value)}"`);
  if (format === "json") writeFileSync(path, JSON.stringify(rows));
  else if (format === "ndjson" || format === "parquet") {
    const lines = format === "parquet" ? `${path}.ndjson` : path;
    writeFileSync(lines, rows.map((row) => JSON.stringify(row)).join("\n"));
    if (format === "parquet") await engine.writeParquet(`SELECT * FROM '${lines}'`, path);
  } else {
    const lines = rows.map((row) => Object.values(row).map(quoted).join(","));
    writeFileSync(path, [Object.keys(rows[0] ?? {}).join(","), ...lines].join("\n"));
  }
  return path;
}

/** Takes a file through all tasks of a cleaning goal, as its agents do. */
async function clean(
  goal: string,
  path: string | readonly string[],
  partition: { readonly above: number; readonly rows: number },
  team?: Team,
) {
  const tools = new Map<string, Tool>(
    cleanTools({
      node: "n1",
      engine,
      readable: [directory],
      workspace: join(directory, "work"),
      datasets: join(directory, "datasets"),
      ...(team === undefined ? {} : { team }),
    }).map((tool) => [tool.type, tool]),
  );
  const delegated: string[] = [];
  const run = async (type: string, input: unknown, task = type): Promise<unknown> => {
    const tool = tools.get(type);
    if (tool === undefined) throw new Error(`there is no tool '${type}'`);
    const { signal } = new AbortController();
    const job = { goal, task, attempt: 1, signal, span: noTracer.start(task) };
    const found = await tool.run(tool.input.parse(input), job);
    const { success } = z.object({ delegation: delegationSchema }).safeParse(found);
    if (success) delegated.push(task);
    return found;
  };
  const profile = profileSchema.parse(await run("profile", { path, partition }));
  const schema = await proposeSchema(engine, profile, "values", 7);
  const { rules } = z
    .object({ rules: z.array(ruleSchema) })
    .parse(await run("draft-rules", { profile, schema }));
  const isLarge = profile.source.bytes > partition.above;
  const partRows = isLarge ? { partRows: partition.rows } : {};
  const versions: Version[] = [];
  const reshape = async (type: string, input: unknown, task = type): Promise<void> => {
    versions.push(versionSchema.parse(await run(type, input, task)));
  };
  const newest = (): string => versions.at(-1)?.output ?? "";
  await reshape("stage", { profile, schema, ...partRows });
  await reshape("normalise", { input: newest(), schema });
  const check = (): Promise<unknown> => run("check", { input: newest(), rules, referenceTime });
  const findings: Finding[] = [];
  let quality = await check().catch((error: QualityError) => error);
  for (let round = 1; quality instanceof Error; round += 1) {
    const [finding] = refusal.parse(quality).details.findings;
    if (finding === undefined) throw quality;
    findings.push(finding);
    await reshape("validate", { input: newest(), finding, referenceTime }, `validate-${round}`);
    quality = await check().catch((error: QualityError) => error);
  }
  if (duplicatesAreErrors(profile)) await reshape("deduplicate", { input: newest(), schema });
  const published = publishedSchema.parse(
    await run("publish", {
      dataset: `d-${goal}`,
      input: newest(),
      staged: versions[0]?.output ?? "",
      quarantines: versions.flatMap(({ quarantine }) => quarantine ?? []),
      duplicates: versions.reduce((sum, { duplicates }) => sum + duplicates, 0),
      adapted: [],
      profile,
      schema,
      quality,
      reasons: versions.flatMap(({ reasons }) => reasons),
      decisions: { proposals: [], votes: [], awards: [], replannings: [] },
      endedAt: referenceTime,
    }),
  );
  const { landed: _landed, ...source } = profile.source;
  return {
    delegated,
    files: published.files,
    outcome: {
      profile: { ...profile, source },
      schema,
      rules,
      findings,
      quality: quality as Quality,
      steps: versions.map(({ output: _output, quarantine, ...facts }) => ({
        ...facts,
        hasQuarantine: quarantine !== undefined,
      })),
      counts: published.rows,
      sources: published.sources,
      differences: published.differences,
      data: await engine.rows(`SELECT * FROM '${published.files.data}'`),
      quarantine: await engine.rows(`SELECT * FROM '${published.files.quarantine}'`),
    },
  };
}

test.each(cases)(
  "a %s file that is cleaned in parts comes out as it does when it is cleaned at once (seed %i)",
  async (format, seed) => {
    const path = await fileOf(seed, format);
    const whole = await clean(`whole-${format}-${seed}`, path, { above: 1e9, rows: 1 });
    const parts = await clean(`parts-${format}-${seed}`, path, { above: 0, rows: 37 });
    expect(whole.delegated).toEqual([]);
    expect(parts.delegated).toEqual(
      expect.arrayContaining(["profile", "stage", "normalise", "validate-1"]),
    );
    expect(parts.outcome).toEqual(whole.outcome);
    expect(whole.outcome.counts.quarantined).toBeGreaterThan(0);
    expect(whole.outcome.counts.repaired).toBeGreaterThan(0);
    expect(whole.outcome.counts.duplicates).toBeGreaterThan(0);
  },
);

/** The rows of a file of orders in several files of the given numbers of rows; the last has the rest. */
async function filesOf(seed: number, ...sizes: readonly number[]): Promise<readonly string[]> {
  const whole = readFileSync(await fileOf(seed, "csv"), "utf8");
  const [header, ...lines] = whole.split("\n");
  const ends = [
    ...sizes.map((_, at) => sizes.slice(0, at + 1).reduce((a, b) => a + b)),
    lines.length,
  ];
  return ends.map((end, at) => {
    const path = join(directory, `split-${seed}-${at + 1}.csv`);
    const rows = lines.slice(ends[at - 1] ?? 0, end);
    writeFileSync(path, [header, ...rows].join("\n"));
    return path;
  });
}

/** What has nothing to do with which goal it was, and where its files are. */
const comparable = ({ outcome }: Awaited<ReturnType<typeof clean>>) => {
  const { profile, ...rest } = outcome;
  const { source: _source, differences: _differences, faults, ...counted } = profile;
  return { ...rest, profile: counted, faults };
};

test("rows in several files are cleaned as they are in one, at once and in parts (seed 31)", async () => {
  const path = await fileOf(31, "csv");
  const paths = await filesOf(31, 90, 7, 200);
  const one = comparable(await clean("one", path, { above: 1e9, rows: 1 }));
  const at = comparable(await clean("several", paths, { above: 1e9, rows: 1 }));
  const parted = await clean("several-parts", join(directory, "split-31-*.csv"), {
    above: 0,
    rows: 37,
  });
  expect(parted.delegated).toEqual(expect.arrayContaining(["profile", "stage"]));
  const parts = comparable(parted);
  const known = at.quarantine.map(({ file: _file, file_row: _row, ...row }) => row);
  const faults = at.faults?.map(({ files: _files, ...fault }) => fault);
  expect({ ...at, quarantine: known, faults, sources: undefined, differences: undefined }).toEqual({
    ...one,
    sources: undefined,
    differences: undefined,
  });
  expect(parts).toEqual(at);
});

test("of several files each row's file is known, and what became of the rows of each is told (seed 32)", async () => {
  const paths = await filesOf(32, 90, 7, 200);
  const { outcome, files } = await clean("files", paths, { above: 1e9, rows: 1 });
  const { quarantine, sources = [], counts } = outcome;
  const read = (path = "") => readFileSync(path, "utf8");
  const lineage = JSON.parse(read(files.lineage));
  const firsts = [1, 91, 98, 298];
  expect(quarantine.length).toBeGreaterThan(0);
  for (const row of quarantine) {
    const file = paths.indexOf(String(row["file"]));
    expect(Number(row["_row"])).toBe(Number(row["file_row"]) + (firsts[file] ?? 0) - 1);
  }
  expect(sources.map(({ path, rows }) => [path, rows])).toEqual(
    paths.map((path, at) => [path, [90, 7, 200, 103][at]]),
  );
  const sum = (of: "kept" | "quarantined" | "duplicates") =>
    sources.reduce((total, one) => total + one[of], 0);
  expect([sum("kept"), sum("quarantined"), sum("duplicates")]).toEqual([
    counts.kept,
    counts.quarantined,
    counts.duplicates,
  ]);
  const standingOut = (outcome.profile.faults ?? [])
    .filter(({ severity }) => severity !== "note")
    .reduce((total, { rows }) => total + rows, 0);
  expect(standingOut).toBeGreaterThan(0);
  expect(sources.reduce((total, one) => total + one.faults, 0)).toBe(standingOut);
  expect(lineage).toMatchObject({ inputs: paths.map((name) => ({ namespace: "file", name })) });
  const fields = lineage.outputs[0].facets.columnLineage.fields;
  expect(fields.id.inputFields.map(({ name }: { name: string }) => name)).toEqual(paths);
  for (const text of [read(files.report), read(files.page)]) {
    expect(text).toContain("Files");
    for (const path of paths) expect(text).toContain(path);
  }
});

test("a second attempt at a task does only the parts that the first has not finished", async () => {
  const path = await fileOf(3, "csv");
  const perform = pieceWorker({ engine, workspace: join(directory, "work"), node: "n1" });
  const begun: number[] = [];
  let isGone = false;
  const team = aloneTeam("n1", async (piece, signal) => {
    const { part, work } = pieceSchema.parse(piece);
    if (work.do === "stage" && part === 2 && !isGone) {
      isGone = true;
      throw new Error("the node is gone");
    }
    const outcome = await perform(piece, signal);
    if (work.do === "stage") begun.push(statSync(partOf(part)).ino);
    return outcome;
  });
  const partOf = (part: number): string =>
    join(directory, "work", "again", "stage.parquet-parts", `part-0000${part}.parquet`);
  const partition = { above: 0, rows: 100 };
  await expect(clean("again", path, partition, team)).rejects.toThrow("gone");
  const first = [...begun];
  await clean("again", path, partition, team);
  expect(first).toHaveLength(2);
  // The same files as before, and two new ones.
  expect(begun.slice(2, 4)).toEqual(first);
  expect(new Set(begun).size).toBe(4);
});

test("a part of a source that has changed since the first attempt is done anew", async () => {
  const perform = pieceWorker({ engine, workspace: join(directory, "work"), node: "n1" });
  const { signal } = new AbortController();
  const path = join(directory, "changing.csv");
  const count = async (text: string): Promise<unknown> => {
    writeFileSync(path, text);
    const source = await describeSource(path, [directory]);
    const work = { do: "count-rows", source } as const;
    return perform({ goal: "changing", task: "profile", part: 0, work }, signal);
  };
  expect(await count("a,b\n1,2\n")).toMatchObject({ rows: 1 });
  expect(await count("a,b\n1,2\n3,4\n")).toMatchObject({ rows: 2 });
});

test("what is sent of an inspection in parts does not grow with the table: a hundred wide columns", async () => {
  const path = join(directory, "wide.csv");
  const wide = (row: number, column: number): string => `${row % 9} ${column} `.repeat(60).trim();
  const lines = Array.from({ length: 30 }, (_, row) =>
    Array.from({ length: 100 }, (_, column) => (row === 20 && column > 0 ? "" : wide(row, column))),
  );
  const names = lines[0]?.map((_, at) => `column_${at}`) ?? [];
  writeFileSync(path, [names, ...lines].map((line) => line.join(",")).join("\n"));
  const perform = pieceWorker({ engine, workspace: join(directory, "work"), node: "n1" });
  const alone = aloneTeam("n1", perform);
  const sent: number[] = [];
  const team: Team = {
    nodes: () => 2,
    perform: (job) => {
      const inspections = job.pieces.filter((one) => pieceSchema.parse(one).work.do === "inspect");
      sent.push(...inspections.map((one) => JSON.stringify(one).length));
      return alone.perform(job);
    },
  };
  const columns = names.map((name, column) => {
    const top = Array.from({ length: 9 }, (_, row) => ({ value: wide(row, column), rows: 3 }));
    return { name, ...emptyColumn, distinct: 9, top };
  });
  const source = await describeSource(path, [directory]);
  const profile: Profile = { source, rows: 30, duplicates: 0, columns };
  expect(JSON.stringify(profile).length).toBeGreaterThan(300_000);
  // One rule will do: all of them together look at so many columns for minutes.
  const without = inspectionRuleSchema.options.filter((rule) => rule !== "bare-row");
  const { signal } = new AbortController();
  const job = { goal: "wide", task: "profile", attempt: 1, signal, span: noTracer.start("wide") };
  const divider = new Divider(team, join(directory, "work"), job);
  const parts = await divider.inspect(profile, "1", without, () => {});
  const whole = await inspectSource(engine, profile, { without });
  expect(whole.map(({ rule }) => rule)).toEqual(["bare-row"]);
  expect(parts).toEqual(whole);
  expect(sent).toHaveLength(2);
  expect(Math.max(...sent)).toBeLessThan(2000);
});
