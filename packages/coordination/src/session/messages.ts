import { z } from "zod";

/** What goes with every question of a session. */
export const envelopeSchema = z.object({
  session: z.string(),
  /** Which step this is, from 1; goes back with the answer. */
  step: z.number().int(),
  /** The asked party's own name in the session; goes back with the answer. */
  party: z.string(),
  /** Shows that this party answers; another one for each party, to be kept to itself. */
  token: z.string(),
  /** When the step ends, milliseconds since the epoch by the caller's clock. */
  deadline: z.number(),
  /** Address to which the answer goes. */
  chair: z.string(),
  conversation: z.string().optional(),
  /** What it is about, JSON data; as the caller gave it. */
  subject: z.unknown().optional(),
});
export type Envelope = z.output<typeof envelopeSchema>;

/** An answer with what shows whose it is and to what. */
export function replySchema<Answer extends z.ZodType>(answer: Answer) {
  return z.object({
    session: z.string(),
    step: z.number().int(),
    party: z.string(),
    token: z.string(),
    answer,
  });
}

/** Any number, not-a-number included: bad ones are refused with evidence and not lost at the door. */
export const claimed = z.custom<number>((value) => typeof value === "number", "must be a number");
