import { defineProtocol, message } from "@troupe/actor";
import { z } from "zod";
import { envelopeSchema, replySchema } from "../../session/messages.ts";
import { offerSchema, quoteSchema } from "./question.ts";

/**
 * What a bidder of an open auction understands. Spread these into a protocol of your own to make its actors bidders.
 *
 * Every quote is to be answered, also when it comes again: the same answer twice counts once. `closed` says whether
 * the task is the bidder's; one that accepted too late learns there that it is not.
 */
export const openBidderMessages = {
  quote: message(
    envelopeSchema.extend({
      /** What an agent needs to be able to do. */
      capability: z.string(),
      quote: quoteSchema,
    }),
  ),
  closed: message(z.object({ session: z.string(), won: z.boolean() })),
} as const;
export type OpenBidderMessages = typeof openBidderMessages;
export const openBidderProtocol = defineProtocol("open-bidder", openBidderMessages);

/** What the auctioneer of an open auction understands. */
const openAuctioneerMessages = { offer: message(replySchema(offerSchema)) } as const;
export type OpenAuctioneerMessages = typeof openAuctioneerMessages;
export const openAuctioneerProtocol = defineProtocol("open-auctioneer", openAuctioneerMessages);
