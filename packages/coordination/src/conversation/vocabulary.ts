import { z } from "zod";

const name = z.string().min(1).max(256);
const fieldSchema = z.object({ name, type: z.string().min(1), nullable: z.boolean().optional() });

/** What a dataset looks like, as a message about it says. */
export const schemaInfoSchema = z.object({
  name,
  version: z.string().min(1).optional(),
  fields: z.array(fieldSchema).max(10_000).optional(),
});
export type SchemaInfo = z.output<typeof schemaInfoSchema>;

const share = z.number().min(0).max(1);

/**
 * What agents say to each other about data, by type.
 *
 * - `DATA_REQUEST`: who has this dataset, or these columns of it, where this holds?
 * - `DATA_RESPONSE`: here it is, or why not.
 * - `SCHEMA_PROPOSAL`: the dataset has this schema, of which I am so sure, on this evidence.
 * - `VALIDATION_VOTE`: for or against what another message says.
 * - `CONSENSUS_RESULT`: what a vote or a merge came to, with its counts.
 * - `PIPELINE_STATUS`: how far a run is, and what it read and wrote.
 */
export const vocabulary = {
  DATA_REQUEST: z.object({
    dataset: name,
    columns: z.array(name).max(10_000).optional(),
    where: z.string().max(10_000).optional(),
    limit: z.number().int().min(1).optional(),
  }),
  DATA_RESPONSE: z.object({
    dataset: name,
    /** Where it lies: data itself does not travel in messages. */
    location: z.string().min(1).optional(),
    rows: z.number().int().min(0).optional(),
    error: z.string().optional(),
  }),
  SCHEMA_PROPOSAL: z.object({
    dataset: name,
    fields: z
      .array(fieldSchema.extend({ confidence: share }))
      .min(1)
      .max(10_000),
    evidence: z.string().max(10_000),
  }),
  VALIDATION_VOTE: z.object({
    /** Id of the message that is voted on. */
    about: z.string().min(1),
    choice: z.enum(["approve", "reject", "abstain"]),
    reason: z.string().max(10_000),
  }),
  CONSENSUS_RESULT: z.object({
    about: z.string().min(1),
    /** Absent when there is no consensus. */
    decided: z.string().optional(),
    confidence: share,
    counts: z.record(z.string(), z.number().min(0)),
  }),
  PIPELINE_STATUS: z.object({
    pipeline: name,
    run: name,
    state: z.enum(["started", "running", "completed", "failed", "aborted"]),
    progress: share.optional(),
    note: z.string().max(10_000).optional(),
  }),
} as const;

/** A type of message. */
export type MessageType = keyof typeof vocabulary;
/** What a message of that type says. */
export type MessageBody<T extends MessageType> = z.output<(typeof vocabulary)[T]>;
