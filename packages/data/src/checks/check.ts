import { z } from "zod";
import { columnNameSchema, expressionSchema } from "../pipeline/step.ts";

/** What may be done about rows that break a check. */
export const remedySchema = z.enum(["set-aside", "blank", "drop-column"]);
export type Remedy = z.output<typeof remedySchema>;

/** Something that must hold of each row of the output. */
export const checkSchema = z.strictObject({
  name: z
    .string()
    .regex(
      /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
      "must be 1 to 64 letters, digits, '-' or '_', beginning with a letter or digit",
    ),
  /** True for a good row, over the output's columns. A row for which it has no value is not blamed. */
  expect: expressionSchema,
  /** The column that is to blame. Default: the first that `expect` names. */
  column: columnNameSchema.optional(),
  /** `block`: no such row is published as it is; `warn`: the report tells. Default `block`. */
  severity: z.enum(["block", "warn"]).default("block"),
  /** Share of rows that may break it without anything being done, 0 to 1. Default 0. */
  tolerate: z.number().min(0).max(1).default(0),
  /**
   * What may be done: `set-aside` the rows, `blank` the column in them (where it may be without a value),
   * or `drop-column` (where the target says that it is optional). Default: set aside.
   */
  remedies: z.array(remedySchema).max(3).default(["set-aside"]),
});
export type Check = z.output<typeof checkSchema>;

/** A check that some rows break. */
export const checkFindingSchema = z.object({
  check: z.string(),
  column: z.string().optional(),
  violations: z.number(),
  /** Of all rows, 0 to 1. */
  share: z.number(),
  /** Whether it keeps the output from being published. */
  blocks: z.boolean(),
  examples: z.array(z.object({ row: z.number(), record: z.string() })),
});
export type CheckFinding = z.output<typeof checkFindingSchema>;

/** What holding the output against its checks has shown. */
export const checkReportSchema = z.object({
  rows: z.number(),
  checks: z.number(),
  /** 100 when no row breaks a check; less by the share of rows that do, averaged over the checks. */
  score: z.number(),
  findings: z.array(checkFindingSchema),
});
export type CheckReport = z.output<typeof checkReportSchema>;
