import { defineProtocol, message, query } from "@troupe/actor";
import { customerMessages } from "@troupe/agents";
import { z } from "zod";

/** What people say to a task that asks for their approval. */
const approvalAnswerSchema = z.object({
  task: z.string(),
  approved: z.boolean(),
  /** Who says so, as far as is known. */
  by: z.string(),
  note: z.string().optional(),
});
export type ApprovalAnswer = z.output<typeof approvalAnswerSchema>;

/** What people say when they want the goal stopped. */
const cancelRequestSchema = z.object({
  reason: z.string(),
  /** Who says so, as far as is known. */
  by: z.string().optional(),
});
export type CancelRequest = z.output<typeof cancelRequestSchema>;

const recorded = z.object({ recorded: z.boolean() });

/** What the coordinator of one goal understands. */
export const coordinatorProtocol = defineProtocol(
  "coordinator",
  {
    ...customerMessages,
    /** Starts whatever follows from the journal. */
    advance: message(z.object({})),
    /** A moment has come that the schedule asked to be woken at. */
    wake: message(z.object({})),
    /** Stores what waits for company. */
    store: message(z.object({})),
    /** Asks the workers of running tasks how they are. */
    inspect: message(z.object({})),
    /** An agent that has tasks of the goal is gone. */
    agentLost: message(z.object({ agent: z.string(), why: z.string() })),
    /** Stops the goal. Answered once the request is in the journal, or when it cannot be put there. */
    cancel: query(cancelRequestSchema, recorded),
    /** Answers a task that asks for approval. Answered once the answer is in the journal, or is not wanted. */
    approve: query(approvalAnswerSchema, recorded),
  },
  { spans: "notable" },
);
export type CoordinatorMessages = typeof coordinatorProtocol.messages;
