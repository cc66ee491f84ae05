import { z } from "zod";
import { fileLiteral, identifier } from "../engine/sql.ts";

const sourceFormatSchema = z.enum(["csv", "tsv", "json", "ndjson", "parquet"]);
export type SourceFormat = z.output<typeof sourceFormatSchema>;

/** A file to work on, as it was when it was first looked at. */
export const sourceSchema = z.object({
  path: z.string(),
  format: sourceFormatSchema,
  bytes: z.number(),
  sha256: z.string(),
  /** Columns that go by another name, because theirs is needed for something else. */
  renamed: z.array(z.object({ from: z.string(), to: z.string() })).optional(),
});
export type Source = z.output<typeof sourceSchema>;

/**
 * The table function that reads the file.
 *
 * @param text true to read delimited files without any typing, so that what is written stays visible
 */
export function scan(source: Source, text: boolean): string {
  const table = `read_${reader(source, text)}`;
  if (source.renamed === undefined) return table;
  const names = source.renamed.map(({ from, to }) => `${identifier(from)} AS ${identifier(to)}`);
  return `(SELECT * RENAME (${names.join(", ")}) FROM ${table})`;
}

function reader(source: Source, text: boolean): string {
  // A folder named `year=2024` must not become a column.
  const file = `${fileLiteral(source.path)}, hive_partitioning = false`;
  switch (source.format) {
    case "csv":
    case "tsv": {
      const delimiter = source.format === "tsv" ? ", delim = '\\t'" : "";
      // Left to itself, DuckDB skips lines at the start until the rest looks regular: rows would be lost.
      return `csv(${file}, sample_size = -1, skip = 0, all_varchar = ${text}${delimiter})`;
    }
    case "json":
      return `json(${file}, format = 'array', records = true, sample_size = -1)`;
    case "ndjson":
      return `json(${file}, format = 'newline_delimited', records = true, sample_size = -1)`;
    case "parquet":
      return `parquet(${file})`;
  }
}
