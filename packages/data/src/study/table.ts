import { z } from "zod";

/** What a column holds, as far as charts and findings care. */
const columnKindSchema = z.enum(["number", "time", "text"]);
export type ColumnKind = z.output<typeof columnKindSchema>;

/** Rows of a query, small enough to be drawn and read. */
export const tableSchema = z.object({
  columns: z.array(
    z.object({
      name: z.string(),
      kind: columnKindSchema,
      /** Type in the query's result, for example `DECIMAL(18,3)`. */
      type: z.string(),
    }),
  ),
  /** Numbers as numbers, dates as `2024-01-31`, times as `2024-01-31T12:00:00Z` (UTC), the rest as text. */
  rows: z.array(z.array(z.union([z.number(), z.string(), z.null()]))),
  /** True when the query has more rows than are kept here. */
  truncated: z.boolean(),
});
export type Table = z.output<typeof tableSchema>;
export type Cell = Table["rows"][number][number];
