import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  checkQuality,
  columnKey,
  countColumn,
  countRecords,
  deduplicateDataset,
  describeSource,
  duplicatesAreErrors,
  findExtremes,
  inferRules,
  inspectSource,
  judgeColumn,
  lenses,
  normaliseDataset,
  openEngine,
  profileSource,
  proposeSchema,
  publishDataset,
  scan,
  stageDataset,
  widest,
} from "@troupe/data";

/**
 * What a cleaning goal has done by agents, done by one script with the same DuckDB functions one after the other: the file
 * copied once, its columns counted, three schemas and their votes, the same reshaping, the same gate, the same publication.
 * Prints how many rows it kept and its peak of memory as JSON.
 */
async function main(file: string, directory: string, memoryLimitMb: number): Promise<void> {
  const engine = await openEngine({ readable: [file], workspace: directory, memoryLimitMb });
  const attempt = "plain";
  const pathOf = (step: string): string => join(directory, `${step}.parquet`);
  const timings: Record<string, number> = {};
  const timed = async <R>(step: string, work: () => Promise<R>): Promise<R> => {
    const before = process.cpuUsage();
    const result = await work();
    const { user, system } = process.cpuUsage(before);
    timings[step] = Math.round((user + system) / 1e5) / 10;
    return result;
  };
  const source = await timed("describe", () => describeSource(file, [file]));
  const counted = await timed("profile", () =>
    profileSource(engine, source, undefined, {
      landing: { path: pathOf("source"), attempt },
      count: async (landed, described) => {
        const table = scan(landed, true);
        const rows = await countRecords(engine, table);
        const columns = [];
        for (const column of described) columns.push(await countColumn(engine, table, column));
        return { ...rows, columns, ends: await findExtremes(engine, landed, described) };
      },
    }),
  );
  const faults = await timed("inspect", () => inspectSource(engine, counted));
  const profile = { ...counted, faults: [...faults] };
  const schema = await timed("schema", async () => {
    const proposals = [];
    for (const lens of lenses) proposals.push(await proposeSchema(engine, profile, lens, 7));
    const agreed = [];
    for (const [index] of profile.columns.entries()) {
      const columns = proposals.flatMap((proposal) => proposal[index] ?? []);
      const alternatives = [...new Map(columns.map((one) => [columnKey(one), one])).values()];
      const [only] = alternatives;
      const counts = alternatives.map(() => 0);
      if (alternatives.length > 1) {
        for (const lens of lenses) {
          const { choice } = await judgeColumn(engine, profile, lens, alternatives, 7);
          if (choice !== undefined) counts[choice] = (counts[choice] ?? 0) + 1;
        }
      }
      const chosen = alternatives[counts.indexOf(lenses.length)];
      agreed.push(alternatives.length === 1 && only ? only : (chosen ?? widest(alternatives)));
    }
    return agreed;
  });
  const quarantine = pathOf("stage.quarantine");
  const stage = { profile, schema, output: pathOf("stage"), quarantine, attempt };
  const versions = [await timed("stage", () => stageDataset(engine, stage))];
  const newest = (): string => versions.at(-1)?.output ?? "";
  if (schema.some(({ type, placeholders }) => type === "text" && placeholders.length > 0)) {
    const step = { input: newest(), schema, output: pathOf("normalise"), attempt };
    versions.push(await timed("normalise", () => normaliseDataset(engine, step)));
  }
  if (duplicatesAreErrors(profile)) {
    const step = { input: newest(), schema, output: pathOf("deduplicate"), attempt };
    versions.push(await timed("deduplicate", () => deduplicateDataset(engine, step)));
  }
  const gate = {
    input: newest(),
    rules: inferRules(profile, schema),
    referenceTime: Date.UTC(2030, 0),
  };
  const quality = await timed("check", () => checkQuality(engine, gate));
  const published = await timed("publish", () =>
    publishDataset(engine, {
      datasets: join(directory, "datasets"),
      input: newest(),
      staged: stage.output,
      quarantines: versions.flatMap((version) => version.quarantine ?? []),
      duplicates: versions.reduce((sum, { duplicates }) => sum + duplicates, 0),
      runId: "00000000-0000-8000-a000-000000000000",
      endedAt: gate.referenceTime,
      attempt,
      report: {
        goal: "plain",
        dataset: "orders",
        profile,
        schema,
        quality,
        reasons: versions.flatMap(({ reasons }) => reasons),
        decisions: { proposals: [], votes: [], awards: [], replannings: [] },
      },
    }),
  );
  await engine.close();
  const [, peak = "0"] = /VmHWM:\s+(\d+)/.exec(readFileSync("/proc/self/status", "utf8")) ?? [];
  const { user, system } = process.cpuUsage();
  console.log(
    JSON.stringify({
      rows: published.rows,
      types: schema.map(({ name, type }) => `${name} ${type}`),
      peakMb: Math.round(Number(peak) / 1024),
      cpuSeconds: (user + system) / 1e6,
      timings,
    }),
  );
}

const [file = "", directory = "", memory = "512"] = process.argv.slice(2);
await main(file, directory, Number(memory));
