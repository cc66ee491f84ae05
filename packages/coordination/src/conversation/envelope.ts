import { z } from "zod";
import { schemaInfoSchema, vocabulary } from "./vocabulary.ts";

const name = z.string().min(1).max(256);
const said = z.discriminatedUnion("type", [
  z.object({ type: z.literal("DATA_REQUEST"), body: vocabulary.DATA_REQUEST }),
  z.object({ type: z.literal("DATA_RESPONSE"), body: vocabulary.DATA_RESPONSE }),
  z.object({ type: z.literal("SCHEMA_PROPOSAL"), body: vocabulary.SCHEMA_PROPOSAL }),
  z.object({ type: z.literal("VALIDATION_VOTE"), body: vocabulary.VALIDATION_VOTE }),
  z.object({ type: z.literal("CONSENSUS_RESULT"), body: vocabulary.CONSENSUS_RESULT }),
  z.object({ type: z.literal("PIPELINE_STATUS"), body: vocabulary.PIPELINE_STATUS }),
]);

/** What goes with every message, whatever it says. */
const around = z.object({
  /** Named by the sender, so that a repeated post is known again. */
  id: name,
  conversation: name,
  from: name,
  /** Names of participants; absent: all others. */
  to: z.array(name).min(1).max(1000).optional(),
  /** Ids of the messages that made the sender say this. */
  causedBy: z.array(name).max(100).default([]),
  /** What the data that it is about looks like. */
  schema: schemaInfoSchema.optional(),
  /** Datasets that it rests on, and that came to be by what it tells. */
  uses: z.array(name).max(1000).default([]),
  produces: z.array(name).max(1000).default([]),
  /** When it is of no use any more, milliseconds since the epoch by the hub's clock. */
  expiresAt: z.number().optional(),
  /** 0 to 9; what is greater goes out first. */
  priority: z.number().int().min(0).max(9).default(4),
});

/** A message as it is posted. */
export const draftSchema = z.intersection(around, said);
export type Draft = z.output<typeof draftSchema>;

/** A message as the hub keeps and delivers it. */
export const envelopeSchema = z.intersection(
  draftSchema,
  z.object({
    /** When the hub took it, milliseconds since the epoch. */
    at: z.number(),
  }),
);
export type ConversationEnvelope = z.output<typeof envelopeSchema>;
