import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { fileLiteral, parquet } from "../engine/sql.ts";
import { RowCountError } from "../errors.ts";
import { drawPictures } from "../report/pictures.ts";
import { renderReport } from "../report/render-report.ts";
import { type ReportInput, type RowCounts, rowCountsSchema } from "../report/report-input.ts";
import { writeParquet } from "../tasks/write.ts";
import { lineageEvent } from "./lineage.ts";
import { countRepaired, movedYears, nullCounts } from "./measures.ts";

interface PublishInput {
  /** Directory of all datasets; the version appears as `<name>/<goal>` in it. */
  readonly datasets: string;
  /** The newest staged version. */
  readonly input: string;
  /** First staged version, for telling what repairs moved. */
  readonly staged: string;
  /** Files of rows set aside on the way. */
  readonly quarantines: readonly string[];
  readonly report: Omit<ReportInput, "rows" | "nullsAfter" | "years">;
  readonly duplicates: number;
  readonly runId: string;
  readonly endedAt: number;
  readonly attempt: string;
}

/** A published version. */
export const publishedSchema = z.object({
  folder: z.string(),
  files: z.object({
    data: z.string(),
    quarantine: z.string(),
    report: z.string(),
    lineage: z.string(),
    manifest: z.string(),
    pictures: z.array(z.string()),
  }),
  rows: rowCountsSchema,
});
export type Published = z.output<typeof publishedSchema>;

/**
 * Publishes a version of a dataset: everything is written to a folder of its own, flushed to disk,
 * and appears by one rename; then `latest` is pointed at it. A version that is there already is left
 * as it is, so publishing twice publishes once.
 *
 * @throws RowCountError when rows of the source are not accounted for
 */
export async function publishDataset(
  engine: Engine,
  input: PublishInput,
  signal?: AbortSignal,
): Promise<Published> {
  const { datasets, report, attempt } = input;
  const home = join(datasets, report.dataset);
  const folder = join(home, report.goal);
  const known = await readManifest(folder);
  if (known !== undefined) return known;
  await mkdir(home, { recursive: true });
  const making = join(home, `.${report.goal}.${attempt}.tmp`);
  await rm(making, { recursive: true, force: true });
  await mkdir(making);
  try {
    const published = await write(engine, input, making, folder, signal);
    await flush(making);
    await rename(making, folder).catch(async (error: unknown) => {
      if ((await readManifest(folder)) === undefined) throw error;
    });
    await pointLatest(home, report.goal, attempt);
    return (await readManifest(folder)) ?? published;
  } finally {
    await rm(making, { recursive: true, force: true });
  }
}

async function write(
  engine: Engine,
  input: PublishInput,
  making: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<Published> {
  const { attempt } = input;
  const table = parquet(input.input);
  const kept = await writeParquet(
    engine,
    `SELECT * EXCLUDE (_row) FROM ${table} ORDER BY _row`,
    join(making, "data.parquet"),
    attempt,
    signal,
  );
  const quarantined = await writeParquet(
    engine,
    quarantineQuery(input.quarantines),
    join(making, "quarantine.parquet"),
    attempt,
    signal,
  );
  const { duplicates } = input;
  const source = input.report.profile.rows;
  if (kept + quarantined + duplicates !== source) {
    throw new RowCountError("publish", source, kept + quarantined + duplicates);
  }
  const repaired = await countRepaired(engine, input, signal);
  const rows: RowCounts = { source, kept, repaired, quarantined, duplicates };
  const report: ReportInput = {
    ...input.report,
    rows,
    nullsAfter: await nullCounts(engine, input, signal),
    years: await movedYears(engine, input, signal),
  };
  const pictures = await drawPictures(report);
  for (const { name, svg } of pictures) await writeFile(join(making, `${name}.svg`), svg);
  await writeFile(join(making, "report.md"), renderReport(report, pictures));
  const lineage = lineageEvent(report, { id: input.runId, endedAt: input.endedAt, folder });
  await writeFile(join(making, "lineage.json"), `${JSON.stringify(lineage, null, 2)}\n`);
  const published: Published = {
    folder,
    files: {
      data: join(folder, "data.parquet"),
      quarantine: join(folder, "quarantine.parquet"),
      report: join(folder, "report.md"),
      lineage: join(folder, "lineage.json"),
      manifest: join(folder, "manifest.json"),
      pictures: pictures.map(({ name }) => join(folder, `${name}.svg`)),
    },
    rows,
  };
  const digests: Record<string, string> = {};
  for (const name of (await readdir(making)).sort())
    digests[name] = await digest(join(making, name));
  const manifest = { ...published, sha256: digests };
  await writeFile(join(making, "manifest.json"), `${JSON.stringify(manifest, null, 2)}\n`);
  return published;
}

function quarantineQuery(files: readonly string[]): string {
  const columns = `_row, reason, "column", "value", record`;
  if (files.length === 0) {
    return `SELECT NULL::BIGINT AS _row, NULL::VARCHAR AS reason, NULL::VARCHAR AS "column", NULL::VARCHAR AS "value", NULL::VARCHAR AS record WHERE false`;
  }
  return `SELECT ${columns} FROM read_parquet([${files.map(fileLiteral).join(", ")}], hive_partitioning = false) ORDER BY _row`;
}

async function readManifest(folder: string): Promise<Published | undefined> {
  const text = await readFile(join(folder, "manifest.json"), "utf8").catch(() => undefined);
  if (text === undefined) return undefined;
  const parsed = publishedSchema.safeParse(JSON.parse(text));
  return parsed.success ? parsed.data : undefined;
}

async function flush(folder: string): Promise<void> {
  for (const name of [...(await readdir(folder)), "."]) {
    const file = await open(join(folder, name));
    await file.sync();
    await file.close();
  }
}

async function pointLatest(home: string, goal: string, attempt: string): Promise<void> {
  const link = join(home, `.latest.${attempt}.tmp`);
  await rm(link, { force: true });
  await symlink(goal, link);
  await rename(link, join(home, "latest"));
}

async function digest(path: string): Promise<string> {
  const hash = createHash("sha256");
  for await (const chunk of createReadStream(path)) hash.update(chunk as Buffer);
  return hash.digest("hex");
}
