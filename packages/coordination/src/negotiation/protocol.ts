import { defineProtocol, message } from "@troupe/actor";
import { z } from "zod";
import { envelopeSchema, replySchema } from "../session/messages.ts";
import { dealSchema } from "./deal.ts";
import { answerSchema, questionSchema } from "./question.ts";

/**
 * What a party to a negotiation, a mediation or an arbitration understands. Spread these into a protocol of your own
 * to make its actors parties.
 *
 * Every question is to be answered, also when it comes again: the same answer twice counts once. `concluded` tells the
 * deal, if there is one.
 */
export const partyMessages = {
  consult: message(envelopeSchema.extend({ question: questionSchema })),
  concluded: message(z.object({ session: z.string(), deal: dealSchema.optional() })),
} as const;
export type PartyMessages = typeof partyMessages;
export const partyProtocol = defineProtocol("party", partyMessages);

/** What the one who chairs understands. */
const chairMessages = { answer: message(replySchema(answerSchema)) } as const;
export type ChairMessages = typeof chairMessages;
export const chairProtocol = defineProtocol("chair", chairMessages);
