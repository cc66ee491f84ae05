import { z } from "zod";

/** The final standing of a task attempt that did not succeed. */
export const taskErrorSchema = z.object({
  code: z.string(),
  message: z.string(),
  retryable: z.boolean(),
  /** Evidence for whoever classifies and repairs, for example the findings of a quality gate. */
  details: z.unknown().optional(),
});
export type TaskError = z.output<typeof taskErrorSchema>;

/** A task of the goal: what is to be done, after what. */
const taskSchema = z.object({
  id: z.string(),
  /** The capability an agent needs to do it. */
  type: z.string(),
  arguments: z.array(z.string()),
  dependsOn: z.array(z.string()),
});
export type GoalTask = z.output<typeof taskSchema>;

export const bidSchema = z.object({
  bidder: z.string(),
  cost: z.number(),
  durationMs: z.number(),
  quality: z.number(),
  confidence: z.number(),
  score: z.number(),
});
export type RecordedBid = z.output<typeof bidSchema>;

/** How one vote ended. */
export const voteSchema = z.object({
  id: z.string(),
  question: z.string(),
  decided: z.string().optional(),
  /** Why there is no decision, when there is none. */
  reason: z.string().optional(),
  /** Votes by option, as the electorate's weights. */
  counts: z.record(z.string(), z.number()),
  electorate: z.number(),
  abstained: z.array(z.string()),
  missing: z.array(z.string()),
  ballots: z.array(z.object({ member: z.string(), choice: z.string(), reason: z.string() })),
});
export type RecordedVote = z.output<typeof voteSchema>;

/**
 * The decisions about a goal, in the order they were made: the goal's journal. Each is stored before
 * anything acts on it, and published by the server to the goal's event subject.
 */
export const goalRecordSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("accepted"),
    goal: z.looseObject({ kind: z.string() }),
    /** Position in the goal stream. */
    sequence: z.number(),
    node: z.string(),
    /** Identity of the goal's root span (W3C traceparent). */
    trace: z.string(),
    /** The publisher's own span, when it sent one. */
    publisher: z.string().optional(),
    tasks: z.array(taskSchema),
  }),
  /** A coordinator took the goal up again after another was lost. */
  z.object({ type: z.literal("resumed"), node: z.string() }),
  z.object({
    type: z.literal("awarded"),
    task: z.string(),
    attempt: z.number(),
    /** Address of the agent. */
    winner: z.string(),
    price: z.number(),
    bids: z.array(bidSchema),
    declined: z.array(z.object({ bidder: z.string(), reason: z.string() })),
  }),
  z.object({
    type: z.literal("task-done"),
    task: z.string(),
    attempt: z.number(),
    by: z.string(),
    durationMs: z.number(),
    facts: z.unknown(),
  }),
  z.object({
    type: z.literal("task-failed"),
    task: z.string(),
    attempt: z.number(),
    by: z.string(),
    error: taskErrorSchema,
    /** Failure class and the strategy that answers it. */
    classified: z.object({ class: z.string(), strategy: z.string(), evidence: z.string() }),
    /** What follows: the same task again, a repaired plan, or the end of the goal. */
    answer: z.enum(["retry", "replan", "give-up"]),
  }),
  z.object({
    type: z.literal("deliberated"),
    /** What was agreed on, as the goal kind defines it. */
    agreement: z.unknown(),
    proposals: z.array(z.object({ member: z.string(), summary: z.string() })),
    votes: z.array(voteSchema),
    confidence: z.number(),
  }),
  z.object({
    type: z.literal("planned"),
    plan: z.unknown(),
    tasks: z.array(taskSchema),
    confidence: z.number(),
    criticalPath: z.array(z.string()),
    risks: z.array(z.string()),
  }),
  z.object({
    type: z.literal("replanned"),
    cause: z.string(),
    class: z.string(),
    strategy: z.string(),
    /** The whole plan as it now stands. */
    plan: z.unknown(),
    /** All tasks of the plan as it now stands; finished ones keep their ids. */
    tasks: z.array(taskSchema),
    kept: z.array(z.string()),
    removed: z.array(z.string()),
    added: z.array(z.string()),
    confidence: z.number(),
    criticalPath: z.array(z.string()),
    risks: z.array(z.string()),
    /** New knowledge that the failure brought, for later payloads. */
    learned: z.unknown(),
  }),
  z.object({ type: z.literal("cancel-requested"), reason: z.string() }),
  z.object({ type: z.literal("finished"), result: z.unknown() }),
  z.object({ type: z.literal("failed"), error: taskErrorSchema }),
  z.object({ type: z.literal("cancelled"), reason: z.string() }),
]);
export type GoalRecord = z.output<typeof goalRecordSchema>;

/** Version of the record format; older ones are upcast when read. */
export const goalRecordVersion = 1;
