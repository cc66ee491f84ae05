import { z } from "zod";
import { literal } from "../engine/sql.ts";

const sourceFormatSchema = z.enum(["csv", "tsv", "json", "ndjson", "parquet"]);
export type SourceFormat = z.output<typeof sourceFormatSchema>;

/** A file to work on, as it was when it was first looked at. */
export const sourceSchema = z.object({
  path: z.string(),
  format: sourceFormatSchema,
  bytes: z.number(),
  sha256: z.string(),
});
export type Source = z.output<typeof sourceSchema>;

/**
 * The table function that reads the file.
 *
 * @param text true to read delimited files without any typing, so that what is written stays visible
 */
export function scan(source: Source, text: boolean): string {
  const path = literal(source.path);
  switch (source.format) {
    case "csv":
    case "tsv": {
      const delimiter = source.format === "tsv" ? ", delim = '\\t'" : "";
      return `read_csv(${path}, sample_size = -1, all_varchar = ${text}${delimiter})`;
    }
    case "json":
      return `read_json(${path}, format = 'array', sample_size = -1)`;
    case "ndjson":
      return `read_json(${path}, format = 'newline_delimited', sample_size = -1)`;
    case "parquet":
      return `read_parquet(${path})`;
  }
}
