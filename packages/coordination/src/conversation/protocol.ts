import { defineProtocol, message, query } from "@troupe/actor";
import { z } from "zod";
import { draftSchema, envelopeSchema } from "./envelope.ts";

const name = z.string().min(1).max(256);
const doneSchema = z.object({
  done: z.boolean(),
  /** Why it was not. */
  refusal: z
    .enum([
      "name-taken",
      "not-registered",
      "no-receiver",
      "expired",
      "id-taken",
      "outbox-full",
      "hub-full",
      "forged",
    ])
    .optional(),
});
const nodeSchema = z.object({ kind: z.enum(["message", "dataset"]), id: z.string() });

/**
 * What a participant understands. Spread these into a protocol of your own to make its actors participants. A message comes
 * again until it is confirmed: confirm each, and act on each id once.
 */
export const participantMessages = { deliver: message(z.object({ message: envelopeSchema })) };
export type ParticipantMessages = typeof participantMessages;
export const participantProtocol = defineProtocol("participant", participantMessages);

/** What a conversation hub understands. */
const hubMessages = {
  /** The asking actor takes part under that name until it stops. */
  register: query(z.object({ name }), doneSchema),
  leave: message(z.object({ name })),
  post: query(z.object({ message: draftSchema }), doneSchema),
  confirm: message(z.object({ participant: name, id: name })),
  /** How far a message is on its way to each of its receivers. */
  deliveries: query(
    z.object({ id: name }),
    z.object({
      known: z.boolean(),
      states: z.record(z.string(), z.enum(["waiting", "sent", "confirmed", "expired", "lost"])),
    }),
  ),
  participants: query(z.object({}), z.array(z.object({ name: z.string(), address: z.string() }))),
  /** What was said in a conversation, and how many older messages were forgotten. */
  thread: query(
    z.object({ conversation: name }),
    z.object({ messages: z.array(envelopeSchema), forgotten: z.number() }),
  ),
  /** What a message or a dataset came from, or what came from it, over all conversations that are kept. */
  lineage: query(
    z.object({ of: nodeSchema, direction: z.enum(["back", "forth"]) }),
    z.object({
      nodes: z.array(nodeSchema),
      edges: z.array(z.object({ from: nodeSchema, to: nodeSchema })),
    }),
  ),
};
export type HubMessages = typeof hubMessages;
export const hubProtocol = defineProtocol("conversation-hub", hubMessages);
