import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { schemaVersionFile } from "../drift/schema-version.ts";
import type { Engine } from "../engine/engine.ts";
import { identifier, literal, parquet } from "../engine/sql.ts";
import { RowCountError } from "../errors.ts";
import { publishVersion } from "../publish/publish-version.ts";
import { drawn } from "../report/pictures.ts";
import { countRows, writeParquet } from "../tasks/write.ts";
import { type OutputInput, type PublishedOutput, publishedOutputSchema } from "./output-input.ts";
import { outputLineage } from "./output-lineage.ts";
import { drawOutput, type OutputMeasures, renderOutput } from "./render-output.ts";
import { renderOutputPage } from "./render-output-page.ts";

interface OutputPlace {
  /** Directory of all datasets; the version appears as `<dataset>/<goal>` in it. */
  readonly datasets: string;
  /** UUID of the run. */
  readonly runId: string;
  /** Distinguishes those who might publish the same version at once. */
  readonly attempt: string;
}

/**
 * Publishes an output as a folder that appears whole or not at all: the data, the rows that were set
 * aside, the schemas, lineage and report with pictures; then `latest` is pointed at it.
 *
 * @throws RowCountError when rows of the last table are not accounted for
 */
export function publishOutput(
  engine: Engine,
  input: OutputInput,
  place: OutputPlace,
  signal?: AbortSignal,
): Promise<PublishedOutput> {
  const { report } = input;
  return publishVersion(
    { ...place, dataset: report.dataset, version: report.goal },
    publishedOutputSchema,
    (making, folder) => write(engine, input, place, { making, folder }, signal),
  );
}

async function write(
  engine: Engine,
  input: OutputInput,
  { runId, attempt }: OutputPlace,
  { making, folder }: { readonly making: string; readonly folder: string },
  signal: AbortSignal | undefined,
): Promise<PublishedOutput> {
  const { report, format, partitionBy, schemas } = input;
  const output = await countRows(engine, input.input, signal);
  if (output !== input.rows) throw new RowCountError("publish", input.rows, output);
  const data = partitionBy.length > 0 ? "data" : `data.${format}`;
  const names = report.columns.map(({ name }) => identifier(name)).join(", ");
  await engine.copy(
    `SELECT ${names} FROM ${parquet(input.input)} ORDER BY _row`,
    join(making, data),
    { format, partitionBy },
    signal,
  );
  const quarantined = await writeParquet(
    engine,
    asideRows(input.asides),
    join(making, "quarantine.parquet"),
    attempt,
    signal,
  );
  const measures: OutputMeasures = {
    rows: {
      sources: Object.fromEntries(report.sources.map(({ name, rows }) => [name, rows])),
      output,
      quarantined,
    },
    aside: await firstAside(engine, join(making, "quarantine.parquet"), signal),
    nulls: await nullsOf(engine, input, signal),
    schemaNumber: schemas.number,
  };
  const drawings = await drawOutput(report, measures);
  const pictures = drawn(drawings);
  for (const { name, svg } of pictures) await writeFile(join(making, `${name}.svg`), svg);
  await writeFile(join(making, "report.md"), renderOutput(report, measures, drawings));
  await writeFile(join(making, "report.html"), renderOutputPage(report, measures));
  const run = { id: runId, endedAt: input.endedAt };
  const lineage = outputLineage(report, run, join(folder, data), output);
  await writeFile(join(making, "lineage.json"), `${JSON.stringify(lineage, null, 2)}\n`);
  await writeFile(join(making, schemaVersionFile), `${JSON.stringify(schemas, null, 2)}\n`);
  return {
    folder,
    files: {
      data: join(folder, data),
      quarantine: join(folder, "quarantine.parquet"),
      report: join(folder, "report.md"),
      page: join(folder, "report.html"),
      lineage: join(folder, "lineage.json"),
      schema: join(folder, schemaVersionFile),
      manifest: join(folder, "manifest.json"),
      pictures: pictures.map(({ name }) => join(folder, `${name}.svg`)),
    },
    rows: measures.rows,
  };
}

async function nullsOf(
  engine: Engine,
  { input, report }: OutputInput,
  signal: AbortSignal | undefined,
): Promise<Record<string, number>> {
  const counts = report.columns.map(
    ({ name }, index) => `(count(*) - count(${identifier(name)}))::DOUBLE AS c${index}`,
  );
  const [row = {}] = await engine.rows(
    `SELECT ${counts.join(", ")} FROM ${parquet(input)}`,
    signal,
  );
  return Object.fromEntries(
    report.columns.map(({ name }, index) => [name, Number(row[`c${index}`] ?? 0)]),
  );
}

/** Rows of the quarantine that are shown, and characters of a value. */
const asideLimit = 20;
const valueLength = 200;

/** The first rows that were set aside, table by table. */
async function firstAside(
  engine: Engine,
  quarantine: string,
  signal: AbortSignal | undefined,
): Promise<OutputMeasures["aside"]> {
  const rows = await engine.rows(
    `SELECT "table" AS t, _row::DOUBLE AS n, reason, "column" AS c, left("value", ${valueLength}) AS v FROM ${parquet(quarantine)} ORDER BY t, _row, c LIMIT ${asideLimit}`,
    signal,
  );
  return rows.map((row) => ({
    table: String(row["t"]),
    row: Number(row["n"]),
    reason: String(row["reason"]),
    column: String(row["c"] ?? ""),
    value: String(row["v"] ?? "nothing"),
  }));
}

function asideRows(asides: OutputInput["asides"]): string {
  if (asides.length === 0) {
    return `SELECT NULL::VARCHAR AS "table", NULL::BIGINT AS _row, NULL::VARCHAR AS reason, NULL::VARCHAR AS "column", NULL::VARCHAR AS "value", NULL::VARCHAR AS record WHERE false`;
  }
  const parts = asides.map(
    ({ table, file }) =>
      `SELECT ${literal(table)} AS "table", _row, reason, "column", "value", record FROM ${parquet(file)}`,
  );
  return `SELECT * FROM (${parts.join(" UNION ALL ")}) ORDER BY "table", _row`;
}
