import { z } from "zod";
import { driftSchema } from "../drift/drift.ts";
import { profileSchema } from "../profile/profile-schema.ts";
import { fileCountsSchema } from "../publish/file-counts.ts";
import { qualitySchema } from "../rules/rule.ts";
import { columnSchema } from "../schema/column-schema.ts";
import { reasonSchema } from "../tasks/outcome.ts";

/** What was decided on the way, for the report. */
export const decisionsSchema = z.object({
  proposals: z.array(z.object({ member: z.string(), summary: z.string() })),
  votes: z.array(
    z.object({
      question: z.string(),
      decided: z.string().optional(),
      counts: z.record(z.string(), z.number()),
      electorate: z.number(),
      /** Share of the electorate behind the decision, 0 to 1. */
      confidence: z.number().optional(),
      /** Ballots that were not counted. */
      refused: z.number().optional(),
    }),
  ),
  /** Who disagreed with what was decided, and how. */
  dissent: z.array(z.object({ member: z.string(), what: z.string() })).optional(),
  awards: z.array(
    z.object({ task: z.string(), winner: z.string(), price: z.number(), bids: z.number() }),
  ),
  replannings: z.array(
    z.object({
      cause: z.string(),
      class: z.string(),
      strategy: z.string(),
      added: z.array(z.string()),
    }),
  ),
});
export type Decisions = z.output<typeof decisionsSchema>;

/** What became of the rows of a source, so many of each. */
export const rowCountsSchema = z.object({
  source: z.number(),
  kept: z.number(),
  repaired: z.number(),
  quarantined: z.number(),
  duplicates: z.number(),
});
export type RowCounts = z.output<typeof rowCountsSchema>;

/** Values of one column by year, before and after a repair. */
const yearsSchema = z.object({
  column: z.string(),
  before: z.array(z.object({ year: z.number(), rows: z.number() })),
  after: z.array(z.object({ year: z.number(), rows: z.number() })),
});
export type Years = z.output<typeof yearsSchema>;

const reportInputSchema = z.object({
  goal: z.string(),
  dataset: z.string(),
  profile: profileSchema,
  schema: z.array(columnSchema),
  quality: qualitySchema,
  rows: rowCountsSchema,
  reasons: z.array(reasonSchema),
  /** The first rows that were set aside. Default none. */
  aside: z
    .array(
      z.object({
        row: z.number(),
        reason: z.string(),
        column: z.string().nullable(),
        value: z.string().nullable(),
      }),
    )
    .optional(),
  /** Of a dataset that is made of several files: what became of the rows of each. */
  files: z.array(fileCountsSchema).optional(),
  nullsAfter: z.record(z.string(), z.number()),
  years: z.array(yearsSchema),
  /** What changed since the version before, when there was one that tells. */
  drift: driftSchema.optional(),
  /** What was done about it, in one sentence each. Default nothing. */
  adapted: z.array(z.string()).optional(),
  decisions: decisionsSchema,
});
/** All that a report of a cleaned dataset is written from. */
export type ReportInput = z.output<typeof reportInputSchema>;
