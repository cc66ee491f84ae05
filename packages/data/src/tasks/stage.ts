import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { identifier, literal, parquet } from "../engine/sql.ts";
import { RowCountError } from "../errors.ts";
import { textOf } from "../profile/profile-column.ts";
import { columnProfileSchema, profileSchema } from "../profile/profile-schema.ts";
import { castOf, isPlaceholder } from "../schema/cast.ts";
import type { ColumnSchema } from "../schema/column-schema.ts";
import { numberedScan } from "../source/scan.ts";
import { type Reason, recordOf, type Version } from "./outcome.ts";
import { writeParquet } from "./write.ts";

/** What staging has to know of a source. */
export const stagedProfileSchema = profileSchema
  .pick({ source: true, rows: true })
  .extend({ columns: z.array(columnProfileSchema.pick({ name: true, storage: true })) });
type StagedProfile = z.output<typeof stagedProfileSchema>;

interface StageInput {
  readonly profile: StagedProfile;
  readonly schema: readonly ColumnSchema[];
  readonly output: string;
  readonly quarantine: string;
  readonly attempt: string;
  /** Rows of the source that are brought in, by their numbers, both included. Default: all. */
  readonly range?: { readonly from: number; readonly to: number } | undefined;
}

/**
 * Brings the source into the agreed types. Every row is numbered as in the source (`_row`, from 1);
 * rows with a value that can't be read as its column's type are set aside with the reason and the
 * whole original record.
 *
 * @throws InterruptedError when `signal` is aborted; RowCountError when rows are missing from what was written
 */
export async function stageDataset(
  engine: Engine,
  { profile, schema, output, quarantine, attempt, range }: StageInput,
  signal?: AbortSignal,
): Promise<Version> {
  const { source } = profile;
  const all = numberedScan(source);
  const numbered =
    range === undefined
      ? all
      : `(SELECT * FROM ${all} WHERE _row BETWEEN ${range.from} AND ${range.to})`;
  const total =
    range === undefined ? profile.rows : Math.min(range.to, profile.rows) - range.from + 1;
  const typed = schema.map((column) => readingOf(profile, column));
  const readable = typed.map(({ failed }) => `NOT coalesce(${failed}, false)`).join(" AND ");
  const values = typed.map(({ column, value }) => `${value} AS ${identifier(column.name)}`);
  const rows = await writeParquet(
    engine,
    `SELECT _row, ${values.join(", ")} FROM ${numbered} WHERE ${readable}`,
    output,
    attempt,
    signal,
  );
  const quarantined = total - rows;
  const reasons: Version["reasons"] = [];
  if (quarantined > 0) {
    const cases = typed.map(
      ({ column, failed }) =>
        `WHEN coalesce(${failed}, false) THEN ${literal(`not ${article(column.type)} ${column.type}`)}`,
    );
    const columns = typed.map(
      ({ column, failed }) => `WHEN coalesce(${failed}, false) THEN ${literal(column.name)}`,
    );
    const texts = typed.map(({ text, failed }) => `WHEN coalesce(${failed}, false) THEN ${text}`);
    const record = recordOf(schema.map(({ name }) => name));
    const found = await writeParquet(
      engine,
      `SELECT _row, CASE ${cases.join(" ")} END AS reason, CASE ${columns.join(" ")} END AS "column", CASE ${texts.join(" ")} END AS "value", ${record} AS record FROM ${numbered} WHERE NOT (${readable}) ORDER BY _row`,
      quarantine,
      attempt,
      signal,
    );
    if (found !== quarantined) throw new RowCountError("stage", quarantined, found);
    const counted = await engine.rows(
      `SELECT reason, "column" AS c, count(*)::DOUBLE AS n FROM ${parquet(quarantine)} GROUP BY ALL ORDER BY n DESC, c`,
      signal,
    );
    reasons.push(
      ...counted.map((row) => ({
        reason: String(row["reason"]),
        column: String(row["c"]),
        rows: Number(row["n"]),
        action: "quarantined" as const,
      })),
    );
  }
  reasons.push(...(await placeholderReasons(engine, numbered, typed, signal)));
  return {
    output,
    ...(quarantined > 0 ? { quarantine } : {}),
    rows,
    quarantined,
    duplicates: 0,
    reasons,
  };
}

async function placeholderReasons(
  engine: Engine,
  table: string,
  readings: readonly Reading[],
  signal: AbortSignal | undefined,
): Promise<readonly Reason[]> {
  const affected = readings.filter(
    ({ column }) => column.type !== "text" && column.placeholders.length > 0,
  );
  if (affected.length === 0) return [];
  const counts = affected.map(
    ({ column, text }, index) =>
      `count(*) FILTER (${isPlaceholder(column, text)})::DOUBLE AS n${index}`,
  );
  const [found = {}] = await engine.rows(`SELECT ${counts.join(", ")} FROM ${table}`, signal);
  return affected
    .map(({ column }, index): Reason => {
      const rows = Number(found[`n${index}`] ?? 0);
      return { reason: placeholderReason(column), column: column.name, rows, action: "repaired" };
    })
    .filter(({ rows }) => rows > 0);
}

/** How a column's values are had from the source. */
interface Reading {
  readonly column: ColumnSchema;
  /** As they are written. */
  readonly text: string;
  /** In the agreed type. */
  readonly value: string;
  /** Where they can't be read so. */
  readonly failed: string;
}

/** Storage types whose values are kept as they are when the column is agreed to be of their type. */
const exact: Readonly<Record<string, readonly string[]>> = {
  boolean: ["BOOLEAN"],
  integer: ["TINYINT", "SMALLINT", "INTEGER", "BIGINT", "UTINYINT", "USMALLINT", "UINTEGER"],
  decimal: ["DOUBLE"],
  date: ["DATE"],
  timestamp: ["TIMESTAMP"],
};
const kept: Readonly<Record<string, string>> = { integer: "BIGINT" };

function readingOf(profile: StagedProfile, column: ColumnSchema): Reading {
  const seen = profile.columns.find(({ name }) => name === column.name);
  const delimited = profile.source.format === "csv" || profile.source.format === "tsv";
  // Delimited files are read as text here, whatever types they were profiled with.
  const storage = delimited ? "VARCHAR" : (seen?.storage ?? "VARCHAR");
  const { type } = column;
  const name = identifier(column.name);
  const text = textOf(column.name, storage);
  if (type === "text") return { column, text, value: text, failed: "false" };
  const nothing = isPlaceholder(column, text);
  const unless = (value: string) => `CASE WHEN ${nothing} THEN NULL ELSE ${value} END`;
  if (type === "json") {
    const value = storage === "VARCHAR" ? castOf(column, text) : `to_json(${name})`;
    return { column, text, value: unless(value), failed: "false" };
  }
  if (column.format === undefined && exact[type]?.includes(storage) === true) {
    const value = type in kept ? `CAST(${name} AS ${kept[type]})` : name;
    return { column, text, value: unless(value), failed: "false" };
  }
  const cast = castOf(column, `trim(${text})`);
  return {
    column,
    text,
    value: unless(cast),
    failed: `(${text} IS NOT NULL AND trim(${text}) <> '' AND NOT ${nothing} AND ${cast} IS NULL)`,
  };
}

export function placeholderReason(column: ColumnSchema): string {
  const tokens = column.placeholders.map((token) => `'${token}'`).join(", ");
  return `${tokens} stands for "nothing" and became null`;
}

function article(type: string): string {
  return /^[aeio]/.test(type) ? "an" : "a";
}
