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
  /** An agent that has tasks of the goal is gone. */
  agentLost: message(z.object({ agent: z.string(), why: z.string() })),
  /** Stops the goal. Answered once the request is in the journal, or when it cannot be put there. */
  cancel: query(z.object({ reason: z.string() }), z.object({ recorded: z.boolean() })),
});
export type CoordinatorMessages = typeof coordinatorProtocol.messages;
