import { dirname } from "node:path";
import { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { identifier, literal, parquet } from "../engine/sql.ts";
import { hasTime } from "../profile/date-formats.ts";
import type { ColumnProfile } from "../profile/profile-schema.ts";
import { profileSource } from "../profile/profile-source.ts";
import { readingInWords } from "../source/encoding-words.ts";
import { scan } from "../source/scan.ts";
import type { Source } from "../source/source.ts";
import { writeParquet } from "../tasks/write.ts";

/** What a loaded column holds: enough to choose questions by. */
const loadedColumnSchema = z.object({
  name: z.string(),
  /** Type in the loaded table, for example `BIGINT`. */
  type: z.string(),
  nulls: z.number(),
  distinct: z.number(),
  /** Smallest and largest value, as text. */
  min: z.string().nullable(),
  max: z.string().nullable(),
});
export type LoadedColumn = z.output<typeof loadedColumnSchema>;

/** A source that was brought into a table. */
export const loadedSchema = z.object({
  path: z.string(),
  format: z.string(),
  bytes: z.number(),
  sha256: z.string(),
  rows: z.number(),
  /** What was done to read a file that could not be read as it is, and what of it is missing. */
  reading: z.string().optional(),
  columns: z.array(loadedColumnSchema),
});
export type Loaded = z.output<typeof loadedSchema>;

/**
 * Brings a source into a Parquet file that queries can be run over, and tells what is in it. Types are
 * those that DuckDB reads; a column of text becomes a date or a time when each of its values reads in
 * one and only one way of writing these.
 *
 * @param output path of the Parquet file, which appears whole or not at all
 * @param attempt distinguishes those who might write the same file at once
 * @throws SourceFormatError, SourceEmptyError, InterruptedError
 */
export async function loadSource(
  engine: Engine,
  source: Source,
  output: string,
  attempt: string,
  signal?: AbortSignal,
): Promise<Loaded> {
  const profile = await profileSource(engine, source, signal, undefined, dirname(output));
  const dated = profile.columns.flatMap((column) => datedColumn(column, profile.rows));
  const values = dated.map(({ name, value }) => `${value} AS ${identifier(name)}`);
  const replaced = values.length === 0 ? "" : ` REPLACE (${values.join(", ")})`;
  await writeParquet(
    engine,
    `SELECT *${replaced} FROM ${scan(profile.source, false)}`,
    output,
    attempt,
    signal,
  );
  const extremes = dated.flatMap(({ name }, index) => [
    `CAST(min(${identifier(name)}) AS VARCHAR) AS low${index}`,
    `CAST(max(${identifier(name)}) AS VARCHAR) AS high${index}`,
  ]);
  const [ends = {}] =
    extremes.length === 0
      ? []
      : await engine.rows(`SELECT ${extremes.join(", ")} FROM ${parquet(output)}`, signal);
  const columns = profile.columns.map(({ name, storage, nulls, distinct, min, max }) => {
    const index = dated.findIndex((column) => column.name === name);
    const type = dated[index]?.type;
    if (type === undefined) return { name, type: storage, nulls, distinct, min, max };
    // Texts are in another order than the days they name.
    const [low, high] = [ends[`low${index}`], ends[`high${index}`]];
    return { name, type, nulls, distinct, min: textOrNull(low), max: textOrNull(high) };
  });
  const { path, format, bytes, sha256 } = profile.source;
  const reading = readingInWords(profile.source);
  const told = reading === undefined ? {} : { reading };
  return { path, format, bytes, sha256, rows: profile.rows, ...told, columns };
}

interface DatedColumn {
  readonly name: string;
  readonly type: string;
  /** What it is read as. */
  readonly value: string;
}

/** A column of text whose every value is written in the same way of writing dates, and in no other. */
function datedColumn(
  { name, storage, nulls, dates }: ColumnProfile,
  rows: number,
): readonly DatedColumn[] {
  const [[format, read] = ["", 0], ...others] = Object.entries(dates);
  if (storage !== "VARCHAR" || read === 0 || read !== rows - nulls || others.length > 0) return [];
  const type = hasTime(format) ? "TIMESTAMP" : "DATE";
  const value = `CAST(strptime(${identifier(name)}, ${literal(format)}) AS ${type})`;
  return [{ name, type, value }];
}

function textOrNull(value: unknown): string | null {
  return typeof value === "string" ? value : null;
}
