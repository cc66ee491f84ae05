import { z } from "zod";
import { faultSchema } from "../inspect/fault.ts";
import { fileDifferenceSchema } from "../source/file-difference.ts";
import { sourceSchema } from "../source/source.ts";

/** What one column holds, counted. */
export const columnProfileSchema = z.object({
  name: z.string(),
  /** Type as DuckDB reads the file. */
  storage: z.string(),
  nulls: z.number(),
  distinct: z.number(),
  /** Values by kind: for JSON by JSON type, otherwise one kind. */
  kinds: z.record(z.string(), z.number()),
  /** Of the values that are there: how many read as each of these. */
  integers: z.number(),
  decimals: z.number(),
  booleans: z.number(),
  /** How many read as no number and hold a digit. Unknown in profiles of releases before. */
  figured: z.number().optional(),
  /** By strptime format; only formats that some value has. */
  dates: z.record(z.string(), z.number()),
  padded: z.number(),
  placeholders: z.array(z.object({ token: z.string(), rows: z.number() })),
  /** As text; longer ones are cut off, and end in `…`. */
  min: z.string().nullable(),
  max: z.string().nullable(),
  /** The most frequent values, but for long ones. */
  top: z.array(z.object({ value: z.string(), rows: z.number() })),
  /** Of numbers: smallest, every twentieth part, largest; 21 in all. */
  quantiles: z.array(z.number()).optional(),
});
export type ColumnProfile = z.output<typeof columnProfileSchema>;

/** What is counted of a column of text that holds nothing. */
export const emptyColumn: Omit<ColumnProfile, "name"> = {
  storage: "VARCHAR",
  nulls: 0,
  distinct: 0,
  kinds: {},
  integers: 0,
  decimals: 0,
  booleans: 0,
  dates: {},
  padded: 0,
  placeholders: [],
  min: null,
  max: null,
  top: [],
};

/** What was measured of a source: the basis of its schema and of its rules. */
export const profileSchema = z.object({
  source: sourceSchema,
  rows: z.number(),
  /** Rows that repeat an earlier one exactly. */
  duplicates: z.number(),
  columns: z.array(columnProfileSchema),
  /** Of several files: how they differ from each other. */
  differences: z.array(fileDifferenceSchema).optional(),
  /** What the inspection found, when there was one. */
  faults: z.array(faultSchema).optional(),
  /** Rules of the inspection that somebody switched off. Default: none were. */
  rulesOff: z.array(z.string()).optional(),
});
export type Profile = z.output<typeof profileSchema>;
