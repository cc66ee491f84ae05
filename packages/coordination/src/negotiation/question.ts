import { z } from "zod";
import { claimed } from "../session/messages.ts";
import { dealSchema, issuesSchema } from "./deal.ts";

/**
 * What a party is asked.
 *
 * - `move` (negotiation): it is the party's turn, the `turn`th of at most `turns`. `offer` a deal, `accept` the one
 *   on the table, or `withdraw`. After the last offer only `accept` and `withdraw` are allowed.
 * - `compare` (mediation): is the proposal better for you than the text so far, or, without a text, than no deal?
 * - `testify` (arbitration): what is each deal worth to you, and what is no deal worth?
 */
export const questionSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("move"),
    turn: z.number(),
    turns: z.number(),
    issues: issuesSchema,
    table: dealSchema.optional(),
  }),
  z.object({ kind: z.literal("compare"), proposal: dealSchema, text: dealSchema.optional() }),
  z.object({ kind: z.literal("testify"), deals: z.array(dealSchema) }),
]);
export type Question = z.output<typeof questionSchema>;
/** A party's turn: what is on the table, and how many turns are left. */
export type Move = Extract<Question, { kind: "move" }>;

/** What a party answers. */
export const answerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("offer"), deal: dealSchema }),
  z.object({ kind: z.literal("accept") }),
  z.object({ kind: z.literal("withdraw"), reason: z.string() }),
  z.object({ kind: z.literal("better"), better: z.boolean() }),
  z.object({
    kind: z.literal("testimony"),
    /** In the order of the deals that were asked about: integers of 0 to 1,000,000. */
    values: z.array(claimed),
    noDeal: claimed,
  }),
]);
export type Answer = z.output<typeof answerSchema>;
