import { defineProtocol, message, query } from "@troupe/actor";
import { z } from "zod";
import { pricingSchema, requirementsSchema, weightsSchema } from "./announcement.ts";

/**
 * What a bidder understands. Spread these into a protocol of your own to make its actors bidders.
 *
 * The contract net of FIPA SC00029H in the runtime's words: `announce` is the call for proposals,
 * answered by `bid` or `refuse`; `award` is accept-proposal, and its answer binds: who accepts has
 * taken the task on. `reject` says that the task went elsewhere, and nothing about other bids; a
 * bidder that had accepted (its answer came too late, or was lost) lets go of the task.
 *
 * An award may come twice when its answer was lost: the second must be accepted again, without
 * beginning the work anew.
 */
export const bidderMessages = {
  announce: message(
    z.object({
      /** Names the round; goes back with the bid. */
      auction: z.string(),
      conversation: z.string().optional(),
      /** What an agent needs to be able to do. */
      capability: z.string(),
      /** What there is to do, as far as bidding needs it; JSON data as the caller gave it. */
      task: z.unknown(),
      /** When bidding ends, milliseconds since the epoch by the caller's clock. */
      deadline: z.number(),
      weights: weightsSchema,
      pricing: pricingSchema,
      reserve: z.number().optional(),
      requirements: requirementsSchema,
      /** Address for {@link auctioneerProtocol}. */
      auctioneer: z.string(),
    }),
  ),
  award: query(
    z.object({
      auction: z.string(),
      task: z.unknown(),
      /** The whole task, for whoever does it. */
      order: z.unknown().optional(),
      price: z.number(),
    }),
    z.object({ accepted: z.boolean(), reason: z.string().optional() }),
  ),
  reject: message(z.object({ auction: z.string() })),
} as const;
export type BidderMessages = typeof bidderMessages;
export const bidderProtocol = defineProtocol("bidder", bidderMessages, { spans: "notable" });

/** Any number, not-a-number included: bad bids are refused with evidence and not lost at the door. */
const claimed = z.custom<number>((value) => typeof value === "number", "must be a number");

/** What a bidder offers. */
const bidSchema = z.object({
  auction: z.string(),
  /** The bidder's name in the auction. */
  bidder: z.string(),
  /** What it asks for, in the auction's unit; 0 or more. */
  cost: claimed,
  /** From the award to the end of the work, milliseconds. */
  durationMs: claimed,
  /** How good the result will be, 0 to 1. */
  quality: claimed,
  /** How sure the bidder is of that, 0 to 1. */
  confidence: claimed,
  note: z.string().optional(),
});
export type Bid = z.output<typeof bidSchema>;

/** What an auctioneer understands. */
const auctioneerMessages = {
  bid: message(bidSchema),
  refuse: message(z.object({ auction: z.string(), bidder: z.string(), reason: z.string() })),
} as const;
export type AuctioneerMessages = typeof auctioneerMessages;
export const auctioneerProtocol = defineProtocol("auctioneer", auctioneerMessages, {
  spans: "notable",
});
