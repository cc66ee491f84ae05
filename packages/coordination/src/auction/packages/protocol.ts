import { defineProtocol, message } from "@troupe/actor";
import { z } from "zod";
import { envelopeSchema, replySchema } from "../../session/messages.ts";
import { portionSchema } from "./lot.ts";
import { packageAnswerSchema, tenderSchema } from "./question.ts";

/**
 * What a bidder of a package auction understands. Spread these into a protocol of your own to make its actors bidders.
 *
 * Every call is to be answered, also when it comes again: the same answer twice counts once. `settled` says what is
 * the bidder's in the end, if anything; one that accepted too late learns there that nothing is.
 */
export const packageBidderMessages = {
  tender: message(
    envelopeSchema.extend({
      /** What an agent needs to be able to do. */
      capability: z.string(),
      tender: tenderSchema,
    }),
  ),
  settled: message(
    z.object({
      session: z.string(),
      won: z.object({ portion: portionSchema, price: z.number() }).optional(),
    }),
  ),
} as const;
export type PackageBidderMessages = typeof packageBidderMessages;
export const packageBidderProtocol = defineProtocol("package-bidder", packageBidderMessages);

/** What the auctioneer of a package auction understands. */
const packageAuctioneerMessages = {
  answer: message(replySchema(packageAnswerSchema)),
} as const;
export type PackageAuctioneerMessages = typeof packageAuctioneerMessages;
/** What the auctioneer of a package auction understands. */
export const packageAuctioneerProtocol = defineProtocol(
  "package-auctioneer",
  packageAuctioneerMessages,
);
