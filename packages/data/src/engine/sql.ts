/**
 * A name as an SQL identifier, whatever it holds.
 *
 * @throws RangeError for the one character that no name in SQL can hold
 */
export function identifier(name: string): string {
  if (name.includes("\0")) {
    throw new RangeError(
      `the column ${JSON.stringify(name)} has the character NUL in its name: rename it`,
    );
  }
  return `"${name.replaceAll('"', '""')}"`;
}

/** A text as an SQL literal, whatever it holds. */
export function literal(text: string): string {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  // DuckDB takes a statement to end at its first NUL.
  return text.includes("\0") ? `(${quoted.replaceAll("\0", "' || chr(0) || '")})` : quoted;
}

/** A path as an SQL literal that stands for this one file, although its name may look like a pattern. */
export function fileLiteral(path: string): string {
  return literal(path.replaceAll(/[*?[]/g, "[$&]"));
}

/** What folders are called that hold a table in parts, as Parquet files whose names are in the order of its rows. */
const partsFolder = ".parquet-parts";

/** The folder of a table in parts. */
export function partsPath(stem: string): string {
  return `${stem}${partsFolder}`;
}

/** Whether a path is that of a table in parts. */
export function isInParts(path: string): boolean {
  return path.endsWith(partsFolder);
}

/** The file of one part of a table in parts; parts are numbered from 0. */
export function partFile(folder: string, part: number): string {
  return `${folder}/part-${String(part).padStart(5, "0")}.parquet`;
}

/** The path of one of this package's own tables as an SQL literal, whether it is a file or a folder of parts. */
export function tableLiteral(path: string): string {
  return isInParts(path) ? `${fileLiteral(path).slice(0, -1)}/*.parquet'` : fileLiteral(path);
}

/** The table in one of this package's own Parquet files, or in a folder of parts. */
export function parquet(path: string): string {
  return `read_parquet(${tableLiteral(path)}, hive_partitioning = false)`;
}
