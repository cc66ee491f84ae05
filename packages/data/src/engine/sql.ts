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

/** The table in one of this package's own Parquet files. */
export function parquet(path: string): string {
  return `read_parquet(${fileLiteral(path)}, hive_partitioning = false)`;
}
