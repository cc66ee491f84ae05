import type { Engine } from "../engine/engine.ts";
import { identifier } from "../engine/sql.ts";
import { InterruptedError, SourceEmptyError, SourceFormatError } from "../errors.ts";
import { type Landing, landSource } from "../source/land-source.ts";
import { headerOf, raggedLines } from "../source/lines.ts";
import { raggedness } from "../source/ragged.ts";
import { type Source, scan } from "../source/source.ts";
import { transcodeSource } from "../source/transcode.ts";
import { type Column, countRecords, type RecordCounts } from "./count-records.ts";
import { type ColumnCounts, countColumn } from "./profile-column.ts";
import type { ColumnProfile, Profile } from "./profile-schema.ts";

/** Most columns of a table. */
const columnLimit = 500;
/** The name that every version of a dataset gives to the number of a row in its source. */
const rowNumber = "_row";

/** The smallest and the largest value of a column, as text. */
type Extremes = Pick<ColumnProfile, "min" | "max">;

/** What is counted of a table besides the {@link Extremes} of its columns. */
interface ProfileCounts extends RecordCounts {
  /** In the order of the columns. */
  readonly columns: readonly ColumnCounts[];
}

/** How the work on a large file is divided: it is copied, and then each column can be counted on its own. */
export interface ProfileDivision {
  readonly landing: Landing;
  /**
   * Has {@link countRecords} and, for each column, {@link countColumn} done on the file, wherever. `signal` is aborted when
   * nobody wants it any more.
   */
  readonly count: (
    source: Source,
    columns: readonly Column[],
    signal: AbortSignal,
  ) => Promise<ProfileCounts>;
}

/**
 * Reads the whole file and counts what is in each column.
 *
 * Columns keep their names, but no two may have the same, whatever its case: of those that do, all
 * but the first get a number (`a`, `A_1`), and so does one named like a row's number (`_row_1`).
 * Those without a name, or one of spaces, are called by their place (`column2`, in JSON `C2`).
 * Delimited files lose the spaces around names.
 *
 * A file that is not in UTF-8 is copied to one that is first; the profile's source says where it is.
 *
 * @param division how a large file's columns are divided among others. Default: one is counted after the other, here
 * @param copies folder for the copy of a file that is not in UTF-8, in the engine's workspace. Default: the workspace itself
 * @throws SourceFormatError when DuckDB can't read it as a table; SourceEmptyError without rows
 */
export async function profileSource(
  engine: Engine,
  found: Source,
  signal?: AbortSignal,
  division?: ProfileDivision,
  copies: string = engine.workspace,
): Promise<Profile> {
  const source = await transcodeSource(found, copies, signal);
  const described = await describeTable(engine, source, signal);
  const { columns } = described;
  const place =
    division === undefined
      ? described.place
      : await readable(source, () => landSource(engine, described.place, division.landing, signal));
  // Parquet is quick to read again and again, and often too large to keep; the others are slow to parse.
  const written = scan(place, true);
  if (division !== undefined && place.landed !== undefined) {
    // What one of the two fails with ends the other: others may be at work for it.
    const either = new AbortController();
    const whole = AbortSignal.any(signal === undefined ? [either.signal] : [either.signal, signal]);
    try {
      const [counts, ends] = await Promise.all([
        division.count(place, columns, whole),
        readable(source, () => extremesOf(engine, place, columns, written, whole)),
      ]);
      return profileOf(place, counts, ends);
    } catch (error) {
      either.abort();
      throw error;
    }
  }
  const count = async (table: string): Promise<Profile> => {
    const rows = await countRecords(engine, table, signal);
    if (rows.rows === 0) throw new SourceEmptyError(source.path);
    const ends = await extremesOf(engine, place, columns, table, signal);
    const counted: ColumnCounts[] = [];
    for (const column of columns) counted.push(await countColumn(engine, table, column, signal));
    return profileOf(place, { ...rows, columns: counted }, ends);
  };
  return readable(source, () =>
    place.format === "parquet"
      ? count(written)
      : engine.withTable(`SELECT * FROM ${written}`, count, signal),
  );
}

function profileOf(source: Source, counts: ProfileCounts, ends: readonly Extremes[]): Profile {
  const { rows, duplicates } = counts;
  if (rows === 0) throw new SourceEmptyError(source.path);
  const columns = counts.columns.map((column, index) => ({
    ...column,
    ...(ends[index] ?? { min: null, max: null }),
  }));
  return { source, rows, duplicates, columns };
}

/** The smallest and the largest value of each column, in the types that DuckDB sees. */
async function extremesOf(
  engine: Engine,
  source: Source,
  columns: readonly Column[],
  written: string,
  signal: AbortSignal | undefined,
): Promise<readonly Extremes[]> {
  const extremes = columns.flatMap(({ name }, index) => [
    `CAST(min(${identifier(name)}) AS VARCHAR) AS low${index}`,
    `CAST(max(${identifier(name)}) AS VARCHAR) AS high${index}`,
  ]);
  // Of delimited files only: the others have the same types either way.
  const typed = source.format === "csv" || source.format === "tsv" ? scan(source, false) : written;
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

async function describeTable(
  engine: Engine,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<{ readonly place: Source; readonly columns: readonly Column[] }> {
  const read = await columnsOf(engine, source, signal);
  const { found } = read;
  if (found.length > columnLimit) {
    throw new SourceFormatError(
      source.path,
      `it has ${found.length} columns, more than ${columnLimit}`,
    );
  }
  const [only] = found;
  const ragged = only && found.length === 1 ? await raggedness(read.source, only.name) : undefined;
  if (ragged !== undefined) throw new SourceFormatError(source.path, ragged);
  const clash = found.find(({ name }) => name.toLowerCase() === rowNumber);
  if (clash === undefined) return { place: read.source, columns: found };
  const to = unusedName(clash.name, found);
  return {
    place: { ...read.source, renamed: [{ from: clash.name, to }] },
    columns: found.map((column) => (column === clash ? { ...column, name: to } : column)),
  };
}

/**
 * The columns as DuckDB sees them. A delimited file with a few lines that are too long or too short is
 * seen as another one, or not at all; it is read line by line then.
 */
async function columnsOf(
  engine: Engine,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<{ readonly source: Source; readonly found: readonly Column[] }> {
  const delimited = source.format === "csv" || source.format === "tsv";
  const header = delimited ? await headerOf(source) : undefined;
  const described = await readable(source, () => describe(engine, source, signal)).catch(
    (error: unknown) => {
      if (error instanceof SourceFormatError && header !== undefined) return error;
      throw error;
    },
  );
  const asHeader = !(described instanceof Error) && described.length === header?.names.length;
  if (header === undefined || asHeader) {
    if (described instanceof Error) throw described;
    return { source, found: described };
  }
  const lines = await readable(source, () => raggedLines(engine, source, header, signal)).catch(
    (error: unknown) => {
      // Not even its lines can be read; what DuckDB said of the file says more.
      if (error instanceof SourceFormatError) return undefined;
      throw error;
    },
  );
  if (lines !== undefined) {
    const place = { ...source, lines };
    return { source: place, found: await readable(place, () => describe(engine, place, signal)) };
  }
  if (described instanceof Error) throw described;
  return { source, found: described };
}

async function describe(
  engine: Engine,
  source: Source,
  signal: AbortSignal | undefined,
): Promise<readonly Column[]> {
  const rows = await engine.rows(`DESCRIBE SELECT * FROM ${scan(source, false)}`, signal);
  return rows.map((row) => ({
    name: String(row["column_name"]),
    type: String(row["column_type"]),
  }));
}

function unusedName(name: string, columns: readonly Column[]): string {
  const used = new Set(columns.map((column) => column.name.toLowerCase()));
  let number = 1;
  while (used.has(`${name}_${number}`.toLowerCase())) number += 1;
  return `${name}_${number}`;
}

/** How much of DuckDB's errors says what is wrong, before they list every setting. */
const wordyLines = 3;
const wordyLine = 200;

/** What DuckDB can't make sense of is the file's fault. */
async function readable<R>(source: Source, read: () => Promise<R>): Promise<R> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InterruptedError || error instanceof SourceEmptyError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    const lines = said.split("\n").filter((line) => line.trim() !== "");
    const why = lines.slice(0, wordyLines).map((line) => line.trim().slice(0, wordyLine));
    throw new SourceFormatError(source.path, why.join("; "));
  }
}

function textOrNull(value: unknown): string | null {
  return value === null || value === undefined ? null : String(value);
}
