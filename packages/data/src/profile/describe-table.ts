import type { Engine } from "../engine/engine.ts";
import { InterruptedError, SourceEmptyError, SourceFormatError } from "../errors.ts";
import { headerOf, raggedLines } from "../source/lines.ts";
import { raggedness } from "../source/ragged.ts";
import { scan } from "../source/scan.ts";
import type { Source } from "../source/source.ts";
import type { Column } from "./count-records.ts";

/** Most columns of a table. */
export const columnLimit = 500;
/** The name that every version of a dataset gives to the number of a row in its source. */
const rowNumber = "_row";

/**
 * Finds out what the columns of a file are, and how it is to be read so that they are that.
 *
 * @throws SourceFormatError when DuckDB can't read it as a table, or it has more than 500 columns
 */
export async function describeTable(
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
export async function readable<R>(source: Source, read: () => Promise<R>): Promise<R> {
  try {
    return await read();
  } catch (error) {
    if (error instanceof InterruptedError || error instanceof SourceEmptyError) throw error;
    const said = error instanceof Error ? error.message : String(error);
    // Below it stands our own query.
    const [ofFile = ""] = said.split(/^LINE \d+:/m);
    const lines = ofFile.split("\n").filter((line) => line.trim() !== "");
    const why = lines.slice(0, wordyLines).map((line) => line.trim().slice(0, wordyLine));
    throw new SourceFormatError(source.path, why.join("; "));
  }
}
