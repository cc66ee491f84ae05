import { z } from "zod";
import { checkReportSchema } from "../checks/check.ts";
import { schemaDriftSchema } from "../drift/schema-drift.ts";
import { schemaVersionSchema } from "../drift/schema-version.ts";
import { originSchema } from "../pipeline/origins.ts";
import { decisionsSchema } from "../report/report-input.ts";
import { outputColumnSchema } from "../target/target.ts";
import { reasonSchema } from "../tasks/outcome.ts";

/** How the rows of an output are written. */
export const outputFormatSchema = z.enum(["parquet", "csv", "json", "ndjson"]);

/** A file of rows that were set aside, and from which table. */
const asideSchema = z.object({ table: z.string(), file: z.string() });

/** A table on the way, for the report. */
const stageSchema = z.object({
  name: z.string(),
  /** What made it, for people: `source`, `join`, … */
  by: z.string(),
  rows: z.number(),
  /** In how many parts it was made. */
  parts: z.number(),
});

/** What the report and the lineage of an output tell. */
const outputReportSchema = z.object({
  goal: z.string(),
  dataset: z.string(),
  sources: z.array(
    z.object({
      name: z.string(),
      path: z.string(),
      format: z.string(),
      bytes: z.number(),
      sha256: z.string(),
      /** What its text is written in, by the name that people know. Absent of Parquet. */
      encoding: z.string().optional(),
      /** What became of a file that is not in UTF-8, in a sentence. */
      note: z.string().optional(),
      rows: z.number(),
      quarantined: z.number(),
    }),
  ),
  steps: z.array(stageSchema),
  /** The transformations as they were written. */
  transformations: z.array(z.unknown()),
  columns: z.array(outputColumnSchema),
  /** For each column the columns of sources that it is made of. */
  origins: z.record(z.string(), z.array(originSchema)),
  /** Columns that the transformations gave and the target does not have. */
  dropped: z.array(z.string()),
  drifts: z.array(schemaDriftSchema),
  /** What was done about them. */
  notes: z.array(z.string()),
  inspection: checkReportSchema,
  reasons: z.array(reasonSchema.extend({ table: z.string() })),
  decisions: decisionsSchema,
});
export type OutputReport = z.output<typeof outputReportSchema>;

/** What publishing the output of an ETL goal takes. */
export const outputInputSchema = z.object({
  /** The table as it stands after the last check. */
  input: z.string(),
  format: outputFormatSchema,
  partitionBy: z.array(z.string()),
  asides: z.array(asideSchema),
  /** Rows that went into the last form of the table, for the count at the end. */
  rows: z.number(),
  schemas: schemaVersionSchema,
  report: outputReportSchema,
  endedAt: z.number(),
});
export type OutputInput = z.output<typeof outputInputSchema>;

/** Where an output was published, and what it holds. */
export const publishedOutputSchema = z.object({
  folder: z.string(),
  files: z.object({
    /** A file, or with `partitionBy` a folder. */
    data: z.string(),
    quarantine: z.string(),
    report: z.string(),
    /** The report as one HTML file. Absent from versions that were published without. */
    page: z.string().exactOptional(),
    lineage: z.string(),
    schema: z.string(),
    manifest: z.string(),
    pictures: z.array(z.string()),
  }),
  rows: z.object({
    /** Of each source. */
    sources: z.record(z.string(), z.number()),
    output: z.number(),
    quarantined: z.number(),
  }),
});
export type PublishedOutput = z.output<typeof publishedOutputSchema>;
