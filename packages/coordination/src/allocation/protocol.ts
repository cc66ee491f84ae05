import { defineProtocol, message, query } from "@troupe/actor";
import { z } from "zod";
import { longestSide } from "./assignment/cost-matrix.ts";

/** Names one sitting of one allocation. */
const allocation = z.string();
const count = z.number().int().min(0);
const numbers = z.array(z.number()).readonly();

const termsSchema = z.object({
  tasks: count,
  objects: count,
  least: z.number(),
  scale: count,
  span: count,
  absent: count.optional(),
});

/**
 * What a bidder of an allocation understands. Spread these into a protocol of your own to make its actors bidders,
 * and {@link allocationBidding} into their handlers.
 *
 * Of what agents ask for only the range leaves the bidder, then bids, and at the end what it asks for what it won.
 * Whatever is asked may be asked twice, when the answer was lost.
 */
export const allocationBidderMessages = {
  /** Which agents the bidder brings, for which it values the tasks; the answer's fields are those of `Entry`. */
  enter: query(
    z.object({ allocation, tasks: z.array(z.unknown()).readonly() }),
    z.object({
      agents: count.max(longestSide),
      least: z.number().int(),
      most: z.number().int(),
      lacking: z.boolean(),
    }),
  ),
  /** One round; the fields are those of `Call` and `Bids`. */
  bid: query(
    z.object({
      allocation,
      round: count,
      /** With the first call of a bidder. */
      terms: termsSchema.optional(),
      /** Number of its first agent among those of all bidders. */
      first: count,
      epsilon: z.number().int().min(1),
      begins: z.boolean(),
      prices: numbers,
      lost: numbers,
    }),
    z.object({
      /** False when the bidder knows nothing (any more) of this allocation. */
      known: z.boolean(),
      released: numbers,
      offers: numbers,
      bids: count,
    }),
  ),
  /** What it has come to; the fields of the answer are those of `Appraisal`. */
  appraise: query(
    z.object({ allocation, prices: numbers }),
    z.object({ known: z.boolean(), objects: numbers, costs: numbers, outlays: numbers }),
  ),
  /** The allocation is settled: what each of the bidder's agents does, counted from 0 among its own. */
  award: message(
    z.object({
      allocation,
      awards: z.array(z.object({ agent: count, task: count, cost: z.number() })).readonly(),
    }),
  ),
  /** The sitting ended without awards: nothing of it holds. */
  dismiss: message(z.object({ allocation })),
} as const;
export type AllocationBidderMessages = typeof allocationBidderMessages;
/** What bidders of an allocation understand. */
export const allocationBidderProtocol = defineProtocol(
  "allocation-bidder",
  allocationBidderMessages,
);

/** An auctioneer talks, and is not talked to. */
export const allocationAuctioneerProtocol = defineProtocol("allocation-auctioneer", {});
