import { z } from "zod";

/** Something that must hold of the data, as data. */
export const ruleSchema = z.object({
  id: z.string(),
  kind: z.enum(["plausible-time", "placeholder-free", "key", "condition", "faulty-rows"]),
  /** The column that the rule is about; a condition may look at others too. */
  column: z.string(),
  /** Tokens that must not occur, for `placeholder-free`. */
  tokens: z.array(z.string()).optional(),
  /** For `condition`: what must hold of each row, an SQL expression over the columns; null counts as holding. */
  expression: z.string().optional(),
  /** For `faulty-rows`: numbers of the rows that can't be right, found by the inspection. */
  rowNumbers: z.array(z.number()).optional(),
  /** Share of rows that may break the rule without a finding. Default 0. */
  atMost: z.number().min(0).max(1).optional(),
  /** What the rule counts in the score, beside the others. Default 1. */
  weight: z.number().positive().optional(),
  /** Whether violations keep the dataset from being published. */
  severity: z.enum(["block", "warn"]),
  why: z.string(),
});
export type QualityRule = z.output<typeof ruleSchema>;

/**
 * What can be done about values that break a rule: `mend` them as the data tells how, `set-aside` their rows, or `keep` them as
 * they are, since nothing is wrong.
 */
export const treatments = ["mend", "set-aside", "keep"] as const;
export type Treatment = (typeof treatments)[number];

/** Values that break a rule. */
export const findingSchema = z.object({
  rule: z.string(),
  kind: ruleSchema.shape.kind,
  column: z.string(),
  violations: z.number(),
  /** Of all rows, 0 to 1. */
  share: z.number(),
  severity: ruleSchema.shape.severity,
  examples: z.array(z.object({ row: z.number(), value: z.string() })),
  /** What seems to have happened, when the data tells. */
  diagnosis: z.string(),
  /** For impossible times: the first value of the tail that seems a century late (ISO date). */
  slippedFrom: z.string().optional(),
  /** Condition over the columns and `_row` that holds for the rows concerned, where the rule's kind does not say it. */
  condition: z.string().optional(),
  /** What is to be done, once that is agreed on. Default: to mend if the data tells how, else to set aside. */
  treatment: z.enum(treatments).optional(),
});
export type Finding = z.output<typeof findingSchema>;

/** What the gate found. */
export const qualitySchema = z.object({
  rows: z.number(),
  rules: z.number(),
  /** 100 when nothing breaks a rule; less by the share of broken rows, averaged over the rules by their weights. */
  score: z.number(),
  findings: z.array(findingSchema),
});
export type Quality = z.output<typeof qualitySchema>;
