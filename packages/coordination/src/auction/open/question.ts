import { z } from "zod";
import { claimed } from "../../session/messages.ts";

/**
 * What an open auction asks of a bidder.
 *
 * - `undercut`: `offer` at most `most`, which is a step below the `standing` offer of another, or the reserve as long
 *   as there is none; or `pass` for good.
 * - `take`: a reverse Dutch auction has risen to `price`. `offer` exactly that to take the task, or `wait`.
 * - `award`: the task is the bidder's at `price`. `accept` binds; `decline` gives it to somebody else.
 */
export const quoteSchema = z.discriminatedUnion("kind", [
  z.object({
    kind: z.literal("undercut"),
    most: z.number(),
    step: z.number(),
    standing: z.number().optional(),
  }),
  z.object({ kind: z.literal("take"), price: z.number(), step: z.number(), reserve: z.number() }),
  z.object({ kind: z.literal("award"), price: z.number(), order: z.unknown().optional() }),
]);
export type Quote = z.output<typeof quoteSchema>;

/** What a bidder answers. */
export const offerSchema = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("offer"), price: claimed }),
  z.object({ kind: z.literal("pass") }),
  z.object({ kind: z.literal("wait") }),
  z.object({ kind: z.literal("accept") }),
  z.object({ kind: z.literal("decline"), reason: z.string() }),
]);
export type OpenOffer = z.output<typeof offerSchema>;
