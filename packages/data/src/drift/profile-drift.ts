import { z } from "zod";

/** How far a column of a new version is from that of the version before. */
const columnDriftSchema = z.object({
  column: z.string(),
  kind: z.enum(["added", "removed", "retyped", "distribution", "missing"]),
  /**
   * Of distributions: the population stability index, 0 when nothing moved; up to 0.1 is usual, from 0.25
   * on the column is another one. Of missing values: by how much their share changed.
   */
  size: z.number(),
  /** Of numbers: the Kolmogorov-Smirnov distance, 0 to 1. */
  distance: z.number().optional(),
  /** Whether it is beyond the limit. */
  significant: z.boolean(),
  evidence: z.string(),
});
export type ColumnDrift = z.output<typeof columnDriftSchema>;

/** What changed between two versions of a dataset's source. Columns that did not change are not listed. */
export const profileDriftSchema = z.object({
  rowsBefore: z.number(),
  rowsAfter: z.number(),
  columns: z.array(columnDriftSchema),
});
export type ProfileDrift = z.output<typeof profileDriftSchema>;
