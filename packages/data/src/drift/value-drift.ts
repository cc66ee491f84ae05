import { z } from "zod";

/** How far what a column holds is from what it held in the version before. */
export const valueDriftSchema = z.object({
  /** As it is called in the dataset. */
  column: z.string(),
  kind: z.enum(["distribution", "missing"]),
  /**
   * Of distributions: the population stability index, 0 when nothing moved; up to 0.1 is usual, from 0.25
   * on the column is another one. Of missing values: by how much their share changed.
   */
  size: z.number(),
  /** Of numbers: the Kolmogorov-Smirnov distance, 0 to 1. */
  distance: z.number().optional(),
  /** What was seen, in one sentence. */
  evidence: z.string(),
});
export type ValueDrift = z.output<typeof valueDriftSchema>;
