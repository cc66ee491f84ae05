import { defineProtocol, message, query } from "@troupe/actor";
import { customerMessages } from "@troupe/agents";
import { z } from "zod";

/** What the coordinator of one goal understands. */
export const coordinatorProtocol = defineProtocol("coordinator", {
  ...customerMessages,
  /** Starts whatever follows from the journal. */
  advance: message(z.object({})),
  /** Asks the workers of running tasks how they are. */
  inspect: message(z.object({})),
  /** Stops the goal. Answered once the request is in the journal. */
  cancel: query(z.object({ reason: z.string() }), z.object({ recorded: z.literal(true) })),
});
export type CoordinatorMessages = typeof coordinatorProtocol.messages;
