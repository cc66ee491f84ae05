import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { driftSchema } from "../drift/drift.ts";
import {
  knownColumns,
  nextSchemaVersion,
  profileFile,
  readLatestVersion,
  schemaVersionFile,
} from "../drift/schema-version.ts";
import type { Engine } from "../engine/engine.ts";
import { parquet, tableLiteral } from "../engine/sql.ts";
import { RowCountError } from "../errors.ts";
import type { outputFormatSchema } from "../output/output-input.ts";
import { drawn, drawPictures } from "../report/pictures.ts";
import { renderPage } from "../report/render-page.ts";
import { renderReport } from "../report/render-report.ts";
import { type ReportInput, type RowCounts, rowCountsSchema } from "../report/report-input.ts";
import { fileDifferenceSchema } from "../source/file-difference.ts";
import { filePlace } from "../source/file-rows.ts";
import type { Source } from "../source/source.ts";
import { countRows, writeParquet } from "../tasks/write.ts";
import { countFiles, fileCountsSchema } from "./file-counts.ts";
import { lineageEvent } from "./lineage.ts";
import { countRepaired, firstAside, movedYears, nullCounts } from "./measures.ts";
import { publishVersion } from "./publish-version.ts";

interface PublishInput {
  /** Directory of all datasets; the version appears as `<name>/<goal>` in it. */
  readonly datasets: string;
  /** The newest staged version. */
  readonly input: string;
  /** First staged version, for telling what repairs moved. */
  readonly staged: string;
  /** Files of rows set aside on the way. */
  readonly quarantines: readonly string[];
  readonly report: Omit<ReportInput, "rows" | "aside" | "files" | "nullsAfter" | "years">;
  /** How the rows are written. Default `parquet`. */
  readonly format?: z.output<typeof outputFormatSchema> | undefined;
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
    /** The report as one HTML file. Absent from versions that were published without. */
    page: z.string().exactOptional(),
    lineage: z.string(),
    manifest: z.string(),
    pictures: z.array(z.string()),
  }),
  rows: rowCountsSchema,
  /** Of a dataset that is made of several files: what became of the rows of each, in their order. */
  sources: z.array(fileCountsSchema).optional(),
  /** How these files differ from each other. */
  differences: z.array(fileDifferenceSchema).optional(),
  /** What changed since the version before, when there was one. */
  drift: driftSchema.optional(),
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
  return publishVersion(
    { datasets, dataset: report.dataset, version: report.goal, attempt },
    publishedSchema,
    (making, folder) => write(engine, input, making, folder, signal),
  );
}

async function write(
  engine: Engine,
  input: PublishInput,
  making: string,
  folder: string,
  signal: AbortSignal | undefined,
): Promise<Published> {
  const { attempt } = input;
  const { format = "parquet" } = input;
  const file = `data.${format}`;
  const kept = await countRows(engine, input.input, signal);
  await engine.copy(
    `SELECT * EXCLUDE (_row) FROM ${parquet(input.input)}`,
    join(making, file),
    { format },
    signal,
  );
  const quarantine = join(making, "quarantine.parquet");
  const quarantined = await writeParquet(
    engine,
    quarantineQuery(input.quarantines, input.report.profile.source),
    quarantine,
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
  const { profile, drift } = input.report;
  const files = await countFiles(engine, profile, { input: input.input, quarantine }, signal);
  const report: ReportInput = {
    ...input.report,
    rows,
    aside: await firstAside(engine, quarantine, signal),
    ...(files === undefined ? {} : { files }),
    nullsAfter: await nullCounts(engine, input, signal),
    years: await movedYears(engine, input, signal),
  };
  const drawings = await drawPictures(report);
  const pictures = drawn(drawings);
  for (const { name, svg } of pictures) await writeFile(join(making, `${name}.svg`), svg);
  await writeFile(join(making, "report.md"), renderReport(report, drawings));
  const moved = drawings.filter(({ name }) => name.startsWith("years-"));
  await writeFile(join(making, "report.html"), renderPage(report, moved));
  await writeFile(join(making, profileFile), `${JSON.stringify(profile)}\n`);
  const { schemas: before } = await readLatestVersion(input.datasets, report.dataset);
  const schemas = nextSchemaVersion(before, schemasOf(report));
  await writeFile(join(making, schemaVersionFile), `${JSON.stringify(schemas, null, 2)}\n`);
  const lineage = lineageEvent(
    report,
    { id: input.runId, endedAt: input.endedAt },
    join(folder, file),
  );
  await writeFile(join(making, "lineage.json"), `${JSON.stringify(lineage, null, 2)}\n`);
  const published: Published = {
    folder,
    files: {
      data: join(folder, file),
      quarantine: join(folder, "quarantine.parquet"),
      report: join(folder, "report.md"),
      page: join(folder, "report.html"),
      lineage: join(folder, "lineage.json"),
      manifest: join(folder, "manifest.json"),
      pictures: pictures.map(({ name }) => join(folder, `${name}.svg`)),
    },
    rows,
    ...(files === undefined ? {} : { sources: files, differences: profile.differences ?? [] }),
    ...(drift === undefined ? {} : { drift }),
  };
  return published;
}

function schemasOf({ goal, dataset, profile, schema }: ReportInput) {
  const columns = [...knownColumns(profile, schema)];
  return {
    goal,
    sources: { [dataset]: { path: profile.source.path, columns } },
    output: schema.map(({ name, type, nullable }) => ({ name, type, nullable, key: false })),
  };
}

/** Rows that were set aside; of several files with the file of each, and its number there. */
function quarantineQuery(files: readonly string[], source: Source): string {
  const { path, row } = filePlace(source);
  const place = source.files === undefined ? "" : `, ${path} AS file, ${row} AS file_row`;
  const columns = `_row${place}, reason, "column", "value", record`;
  if (files.length === 0) {
    const nothing = place === "" ? "" : ", NULL::VARCHAR AS file, NULL::BIGINT AS file_row";
    return `SELECT NULL::BIGINT AS _row${nothing}, NULL::VARCHAR AS reason, NULL::VARCHAR AS "column", NULL::VARCHAR AS "value", NULL::VARCHAR AS record WHERE false`;
  }
  return `SELECT ${columns} FROM read_parquet([${files.map(tableLiteral).join(", ")}], hive_partitioning = false) ORDER BY _row`;
}
