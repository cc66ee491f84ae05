import { fileLiteral, identifier, parquet } from "../engine/sql.ts";
import { scanLines } from "./lines.ts";
import { isDelimited, type Source, type SourceFile, textFile } from "./source.ts";

/**
 * The table function that reads the file.
 *
 * @param text true to read delimited files without any typing, so that what is written stays visible
 */
export function scan(source: Source, text: boolean): string {
  if (text && source.landed !== undefined) {
    return knownAs(source, `(SELECT * EXCLUDE (_row) FROM ${parquet(source.landed)})`);
  }
  if (source.files !== undefined) {
    const tables = source.files.map((file) => fileTable(file, source.unified ?? {}, text));
    return knownAs(source, `(${tables.join(" UNION ALL BY NAME ")})`);
  }
  const table =
    source.lines === undefined ? `read_${reader(source, text)}` : scanLines(source, source.lines);
  const { renamed = [] } = source;
  return knownAs(
    source,
    renamed.length === 0 ? table : `(SELECT ${renaming(renamed)} FROM ${table})`,
  );
}

/** The file's rows as {@link scan} reads them without typing, with their numbers, from 1, as `_row`. */
export function numberedScan(source: Source): string {
  return source.landed === undefined
    ? `(SELECT row_number() OVER () AS _row, * FROM ${scan(source, true)})`
    : knownAs(source, parquet(source.landed));
}

/** A value of one file in the type that all files have. */
export function inType(column: string, type: string | undefined): string {
  const name = identifier(column);
  if (type === undefined) return name;
  return type === "JSON" ? `to_json(${name})` : `CAST(${name} AS ${type})`;
}

function fileTable(
  file: SourceFile,
  unified: Readonly<Record<string, string>>,
  text: boolean,
): string {
  if (text && isDelimited(file)) return `SELECT * FROM ${scan(file, text)}`;
  const { absent = [], blank = [] } = file;
  const casts = Object.entries(unified)
    .filter(([column]) => !absent.includes(column) && !blank.includes(column))
    .map(([column, type]) => `${inType(column, type)} AS ${identifier(column)}`);
  const without = blank.length === 0 ? "" : ` EXCLUDE (${blank.map(identifier).join(", ")})`;
  const as = casts.length === 0 ? "" : ` REPLACE (${casts.join(", ")})`;
  return `SELECT *${without}${as} FROM ${scan(file, text)}`;
}

function knownAs({ readAs }: Source, table: string): string {
  if (readAs === undefined) return table;
  const absent = readAs.absent.map((name) => `, CAST(NULL AS VARCHAR) AS ${identifier(name)}`);
  return `(SELECT ${renaming(readAs.renamed)}${absent.join("")} FROM ${table})`;
}

function renaming(renamed: NonNullable<Source["renamed"]>): string {
  const names = renamed.map(({ from, to }) => `${identifier(from)} AS ${identifier(to)}`);
  return names.length === 0 ? "*" : `* RENAME (${names.join(", ")})`;
}

/** Of a delimited file that is looked at at once: DuckDB's own 64 MB for each thread come on top of its limit on memory. */
const bufferBytes = 8 * 2 ** 20;

function reader(source: Source, text: boolean): string {
  // A folder named `year=2024` must not become a column.
  const file = `${fileLiteral(textFile(source))}, hive_partitioning = false`;
  switch (source.mended === undefined ? source.format : "ndjson") {
    case "csv":
    case "tsv": {
      const delimiter = source.format === "tsv" ? ", delim = '\\t'" : "";
      // Left to itself, DuckDB skips lines at the start until the rest looks regular, and lines that begin
      // with '#': rows would be lost.
      return `csv(${file}, sample_size = -1, skip = 0, comment = '', all_varchar = ${text}, buffer_size = ${bufferBytes}${delimiter})`;
    }
    case "json":
      return `json(${file}, format = 'array', records = true, sample_size = -1)`;
    case "ndjson":
      return `json(${file}, format = 'newline_delimited', records = true, sample_size = -1)`;
    case "parquet":
      return `parquet(${file})`;
  }
}
