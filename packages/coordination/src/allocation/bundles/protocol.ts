import { defineProtocol, message, query } from "@troupe/actor";
import { z } from "zod";

const viewSchema = z.object({
  from: z.string(),
  at: z.number().int(),
  bids: z.array(z.number()).readonly(),
  winners: z.array(z.string().nullable()).readonly(),
  heard: z.record(z.string(), z.number()),
  gone: z.array(z.string()).readonly(),
});

/** What an agent understands that shares out tasks with its neighbours, without an auctioneer. */
export const bundleProtocol = defineProtocol("bundle-agent", {
  /** What a neighbour believes. */
  inform: message(viewSchema),
  /** To itself: tell the neighbours what it believes, as something has changed, or as time has passed. */
  spread: message(z.object({})),
  /** What it has at the moment. */
  holdings: query(
    z.object({}),
    z.object({
      /** Tasks in the order in which it would do them. */
      path: z.array(z.number()).readonly(),
      /** By task: who has it, as far as the agent knows. */
      winners: z.array(z.string().nullable()).readonly(),
      /** How long it has believed the same, milliseconds. */
      unchangedMs: z.number(),
    }),
  ),
});
