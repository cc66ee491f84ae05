import { z } from "zod";

/** How sure a fault makes one that its rows are wrong. */
const faultSeverity = z.enum(["hard", "soft", "note"]);
export type FaultSeverity = z.output<typeof faultSeverity>;

/**
 * Something in a file that is probably wrong, found without being told what is right.
 *
 * `hard`: the rows can't be right as they are, so a goal sets them aside. `soft`: they stand out; they
 * stay, and people are told. `note`: the evidence is weak; it is kept for whoever looks closer.
 */
export const faultSchema = z.object({
  /** Id of the inspection rule, as in `inspectionRules`. */
  rule: z.string(),
  /** Columns that the fault is in or between; all of them where whole rows are at fault. */
  columns: z.array(z.string()),
  /** Rows concerned. */
  rows: z.number(),
  /** Of the rows that were looked at, 0 to 1. */
  share: z.number(),
  severity: faultSeverity,
  /** Confidence, 0 to 1: how far the evidence is beyond the rule's threshold. Below `noteBelow` it is a note. */
  score: z.number(),
  /** What was seen, in one sentence. */
  evidence: z.string(),
  examples: z.array(z.object({ row: z.number(), value: z.string().nullable() })),
  /** Of a source of several files: how many of the rows each has, by its place, from 0; those with the most rows. */
  files: z.array(z.object({ file: z.number(), rows: z.number() })).optional(),
  /** Numbers of the rows, from 1, in order; the first ones where there are more than the limit. */
  rowNumbers: z.array(z.number()),
});
export type Fault = z.output<typeof faultSchema>;
