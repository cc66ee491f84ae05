import type { z } from "zod";
import type { Engine } from "../engine/engine.ts";
import { identifier } from "../engine/sql.ts";
import { InterruptedError, SourceEmptyError } from "../errors.ts";
import { differenceLimit } from "../source/file-difference.ts";
import { type Landing, landSource } from "../source/land-source.ts";
import { readMended } from "../source/mend-source.ts";
import { scan } from "../source/scan.ts";
import { isDelimited, type Source } from "../source/source.ts";
import { transcodeSource } from "../source/transcode.ts";
import { boundColumns, longestValue } from "./bound-columns.ts";
import { compareFiles } from "./compare-files.ts";
import { type Column, countRecords, type RecordCounts } from "./count-records.ts";
import { describeTable, readable } from "./describe-table.ts";
import { type ColumnCounts, countColumn } from "./profile-column.ts";
import { columnProfileSchema, type Profile } from "./profile-schema.ts";
import { uniteFiles } from "./unite-files.ts";

/** The smallest and the largest value of a column, as text. */
export const extremesSchema = columnProfileSchema.pick({ min: true, max: true });
type Extremes = z.output<typeof extremesSchema>;

/** What is counted of a table besides the {@link Extremes} of its columns. */
interface ProfileCounts extends RecordCounts {
  /** In the order of the columns. */
  readonly columns: readonly ColumnCounts[];
}

/** How the work on a large file is divided: it is copied, and then each column can be counted on its own. */
export interface ProfileDivision {
  readonly landing: Landing;
  /** Has {@link countRecords}, {@link findExtremes} and, for each column, {@link countColumn} done on the file, wherever. */
  readonly count: (
    source: Source,
    columns: readonly Column[],
    signal: AbortSignal | undefined,
  ) => Promise<ProfileCounts & { readonly ends: readonly Extremes[] }>;
}

/**
 * Reads the whole file and counts what is in each column.
 *
 * Columns keep their names, but no two may have the same, whatever its case: of those that do, all
 * but the first get a number (`a`, `A_1`), and so does one named like a row's number (`_row_1`).
 * Those without a name, or one of spaces, are called by their place (`column2`, in JSON `C2`).
 * Delimited files lose the spaces around names.
 *
 * A file that is not in UTF-8 is copied to one that is first, and so is a file of JSON with broken records; the profile's
 * source says where it is. Several files are made
 * one table, as `uniteColumns` has it, and copied; how they differ is in the profile.
 *
 * @param division how a large file's columns are divided among others. Default: one is counted after the other, here
 * @param copies folder for copies of files that are not in UTF-8, or are several, in the engine's workspace. Default: the workspace itself
 * @throws SourceFormatError when DuckDB can't read it as a table; SourceEmptyError without rows; SourcesDifferError for a file
 *   that is not like the others
 */
export async function profileSource(
  engine: Engine,
  found: Source,
  signal?: AbortSignal,
  division?: ProfileDivision,
  copies: string = engine.workspace,
): Promise<Profile> {
  if (found.files !== undefined) {
    const { place, columns, differences } = await uniteFiles(engine, found, copies, signal);
    const profile = await profileTable(engine, place, columns, division, signal);
    const values = await compareFiles(engine, profile, signal);
    return { ...profile, differences: [...differences, ...values].slice(0, differenceLimit) };
  }
  const source = await transcodeSource(found, copies, signal);
  const profiled = async (file: Source): Promise<Profile> => {
    const { place, columns } = await describeTable(engine, file, signal);
    const landed =
      division === undefined
        ? place
        : await readable(file, () => landSource(engine, place, division.landing, signal));
    return profileTable(engine, landed, columns, division, signal);
  };
  return readMended(source, copies, profiled, signal);
}

async function profileTable(
  engine: Engine,
  place: Source,
  columns: readonly Column[],
  division: ProfileDivision | undefined,
  signal: AbortSignal | undefined,
): Promise<Profile> {
  // Parquet is quick to read again and again, and often too large to keep; the others are slow to parse.
  const written = scan(place, true);
  if (division !== undefined && place.landed !== undefined) {
    const { ends, ...counts } = await division.count(place, columns, signal);
    return profileOf(place, counts, ends);
  }
  const count = async (table: string): Promise<Profile> => {
    const rows = await countRecords(engine, table, signal);
    if (rows.rows === 0)
      throw new SourceEmptyError(place.path, "has columns and nothing below them");
    const ends = await extremesOf(engine, place, columns, table, signal);
    const counted: ColumnCounts[] = [];
    for (const column of columns) counted.push(await countColumn(engine, table, column, signal));
    return profileOf(place, { ...rows, columns: counted }, ends);
  };
  return readable(place, () =>
    place.format === "parquet"
      ? count(written)
      : engine.withTable(`SELECT * FROM ${written}`, count, signal),
  );
}

function profileOf(source: Source, counts: ProfileCounts, ends: readonly Extremes[]): Profile {
  const { rows, duplicates } = counts;
  if (rows === 0) throw new SourceEmptyError(source.path, "has columns and nothing below them");
  const columns = counts.columns.map((column, index) => ({
    ...column,
    ...(ends[index] ?? { min: null, max: null }),
  }));
  return { source, rows, duplicates, columns: boundColumns(columns) };
}

/**
 * The smallest and the largest value of each column, in the types that DuckDB sees.
 *
 * @throws SourceFormatError when the source can't be read
 */
export function findExtremes(
  engine: Engine,
  source: Source,
  columns: readonly Column[],
  signal?: AbortSignal,
): Promise<readonly Extremes[]> {
  return readable(source, () => extremesOf(engine, source, columns, scan(source, true), signal));
}

async function extremesOf(
  engine: Engine,
  source: Source,
  columns: readonly Column[],
  written: string,
  signal: AbortSignal | undefined,
): Promise<readonly Extremes[]> {
  const extremes = columns.flatMap(({ name }, index) => [
    `left(CAST(min(${identifier(name)}) AS VARCHAR), ${longestValue + 1}) AS low${index}`,
    `left(CAST(max(${identifier(name)}) AS VARCHAR), ${longestValue + 1}) AS high${index}`,
  ]);
  // Of delimited files only: the others have the same types either way.
  const typed = isDelimited(source) ? scan(source, false) : written;
  const ofTable = (table: string) =>
    engine.rows(`SELECT ${extremes.join(", ")} FROM ${table}`, signal);
  // DuckDB may take values for dates that it can't read then; as texts they can be read.
  const [ends = {}] = await ofTable(typed).catch((error: unknown) => {
    if (error instanceof InterruptedError || typed === written) throw error;
    return ofTable(written);
  });
  return columns.map((_, index) => ({
    min: textOrNull(ends[`low${index}`]),
    max: textOrNull(ends[`high${index}`]),
  }));
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
