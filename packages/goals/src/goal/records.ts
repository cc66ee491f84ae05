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

const onFailureSchema = z.enum(["skip", "continue"]);

/** A task of the goal: what is to be done, after what. */
const taskSchema = z.object({
  id: z.string(),
  /** The capability an agent needs to do it. */
  type: z.string(),
  arguments: z.array(z.string()),
  dependsOn: z.array(z.string()),
  /** Dependencies whose failure does not fail this task, and what it does then. Default none. */
  tolerates: z.record(z.string(), onFailureSchema).optional(),
  /** It stands for so many tasks, `<id>.0` and so on. Default: for itself. */
  copies: z.number().int().min(1).optional(),
  /** Retries after the first attempt. Default: by the class of the failure. */
  retries: z.number().int().min(0).optional(),
  /** Before the first retry, milliseconds; doubled for each further one. Default 500. */
  retryDelayMs: z.number().min(0).optional(),
  /** An attempt that takes longer has failed, milliseconds. */
  timeoutMs: z.number().positive().optional(),
  /** How long it is expected to take, milliseconds. */
  expectedMs: z.number().min(0).optional(),
  /** A second copy races an attempt that takes this many times as long as expected. Default never. */
  speculateAfter: z.number().min(1).optional(),
  /** What it holds of a machine while it runs, in whole units. */
  resources: z.record(z.string(), z.number().int().min(0)).optional(),
});
export type GoalTask = z.output<typeof taskSchema>;

/** A bid for a task, as it is recorded. */
export const bidSchema = z.object({
  bidder: z.string(),
  cost: z.number(),
  durationMs: z.number(),
  quality: z.number(),
  confidence: z.number(),
  score: z.number(),
});
export type RecordedBid = z.output<typeof bidSchema>;

/** Another way that a plan holds ready for a task that may fail for good. */
const contingencySchema = z.object({
  /** The task that it is for. */
  task: z.string(),
  /** What it does instead. */
  name: z.string(),
  /** Probability that all goes well by it, 0 to 1. */
  confidence: z.number(),
});
export type RecordedContingency = z.output<typeof contingencySchema>;

const talliesSchema = z.record(
  z.string(),
  z.object({ succeeded: z.number(), failed: z.number(), asOf: z.number() }),
);

/** How often actions and methods went well, and as of when that was asked, milliseconds since the epoch. */
const planExperienceSchema = z.object({
  at: z.number(),
  halfLifeMs: z.number().positive(),
  actions: talliesSchema,
  methods: talliesSchema,
});
export type PlanExperience = z.output<typeof planExperienceSchema>;

/** What one analyst proposed, in summary. */
export const proposalRecordSchema = z.object({
  member: z.string(),
  summary: z.string(),
  /** Fields that it spoke of in a way that nobody can make sense of, left out; the first of them. */
  unreadable: z.array(z.string()).optional(),
});
export type RecordedProposal = z.output<typeof proposalRecordSchema>;

/** A ballot that was not counted. */
const refusedBallotSchema = z.object({
  why: z.string(),
  /** In whose name it was cast. */
  member: z.string(),
  choice: z.string().nullable(),
  /** The actor that sent it, where that is not the member. */
  sender: z.string().optional(),
});

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
  /** Share of the electorate behind the decision, 0 to 1; 0 without one. */
  confidence: z.number().optional(),
  /** Who proposed what; alternatives that are not in `counts` had too few behind them to be voted on. */
  proposed: z.record(z.string(), z.array(z.string())).optional(),
  /** Evidence: ballots that were not counted and why; the first of them. */
  refused: z.array(refusedBallotSchema).optional(),
  /** All ballots that were not counted. */
  refusedCount: z.number().optional(),
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
  /** A coordinator took the goal up again: another was lost, or what the goal waited for has come. */
  z.object({
    type: z.literal("resumed"),
    node: z.string(),
    /** Position in the goal stream of what woke the goal, when it was asleep. */
    sequence: z.number().optional(),
  }),
  /** Nothing can go on before people have answered; nobody coordinates the goal until then. */
  z.object({ type: z.literal("suspended") }),
  z.object({
    type: z.literal("awarded"),
    /** Tasks of one type that an agent took on together: a lot. */
    tasks: z.array(z.string()).min(1),
    attempt: z.number(),
    /** Name of the lot, unique in the goal. */
    lot: z.string(),
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
    /** Before the plan is repaired, milliseconds. Default 0. */
    delayMs: z.number().min(0).optional(),
    /** Whether analysts are asked what to make of it before the plan is repaired. Default false. */
    confers: z.boolean().optional(),
    /** Why the plan is not repaired, where repairs are known. */
    unrepaired: z.string().optional(),
  }),
  /** A task ended without being tried, because of one it depends on. */
  z.object({
    type: z.literal("task-dropped"),
    task: z.string(),
    /** The dependency. */
    because: z.string(),
    outcome: z.enum(["skipped", "failed"]),
  }),
  /** People are asked; the task waits for their answer. */
  z.object({
    type: z.literal("approval-requested"),
    task: z.string(),
    attempt: z.number(),
    question: z.string(),
  }),
  z.object({
    type: z.literal("approval-given"),
    task: z.string(),
    approved: z.boolean(),
    /** Who said so, as far as is known. */
    by: z.string(),
    note: z.string().optional(),
  }),
  z.object({
    type: z.literal("deliberated"),
    /** What was agreed on, as the goal kind defines it. */
    agreement: z.unknown(),
    proposals: z.array(proposalRecordSchema),
    votes: z.array(voteSchema),
    confidence: z.number(),
  }),
  /** Analysts were asked what to make of a failure, before the plan is repaired for it. */
  z.object({
    type: z.literal("conferred"),
    /** The task that failed. */
    task: z.string(),
    /** What was agreed on, field by field, as the goal kind defines it. */
    agreement: z.record(z.string(), z.unknown()),
    proposals: z.array(proposalRecordSchema),
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
    contingencies: z.array(contingencySchema).optional(),
    /** What was learned of its task types, and planned with. Default: the plan is made as the kind declares. */
    experience: planExperienceSchema.optional(),
  }),
  z.object({
    type: z.literal("replanned"),
    cause: z.string(),
    /** The task that failed. */
    failed: z.string().optional(),
    /** The name of the contingency that was taken; absent when another way was searched. */
    contingency: z.string().optional(),
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
    contingencies: z.array(contingencySchema).optional(),
    /** New knowledge that the failure brought, for later payloads. */
    learned: z.unknown(),
  }),
  z.object({
    type: z.literal("cancel-requested"),
    reason: z.string(),
    /** Who said so, as far as is known. */
    by: z.string().optional(),
  }),
  /** The goal will not succeed: what was done is undone, the last thing first. */
  z.object({
    type: z.literal("compensating"),
    /** How the goal ends after that. */
    outcome: z.enum(["failed", "cancelled"]),
    error: taskErrorSchema.optional(),
    /** One task for each that is undone. */
    tasks: z.array(taskSchema),
  }),
  z.object({
    type: z.literal("finished"),
    result: z.unknown(),
    /** True when tasks failed or were left out that were allowed to. */
    partial: z.boolean().optional(),
  }),
  z.object({ type: z.literal("failed"), error: taskErrorSchema }),
  z.object({ type: z.literal("cancelled"), reason: z.string() }),
  /** The goal ended long ago, and the records before this one are removed: what is kept of it. */
  z.object({
    type: z.literal("expired"),
    kind: z.string(),
    outcome: z.enum(["succeeded", "failed", "cancelled"]),
    /** Position in the goal stream, as of the goal. */
    sequence: z.number(),
    /** Milliseconds since the epoch. */
    acceptedAt: z.number(),
    endedAt: z.number(),
  }),
]);
export type GoalRecord = z.output<typeof goalRecordSchema>;

/** What is stored at once, all or nothing: one record, or several. */
export const storedRecordsSchema = z.union([z.array(goalRecordSchema).min(1), goalRecordSchema]);
export type StoredRecords = z.output<typeof storedRecordsSchema>;

/** Version of the record format; older ones are upcast when read. */
export const goalRecordVersion = 2;

/** For each older version, how its records become records of the next. */
export const upcastGoalRecords = { 1: upcastFirst };

/** In version 1 each task was awarded on its own. */
function upcastFirst(stored: unknown): unknown {
  const { type, task, attempt, ...rest } = stored as Readonly<Record<string, unknown>>;
  if (type !== "awarded") return stored;
  return { type, tasks: [task], attempt, lot: lotName(String(task), Number(attempt)), ...rest };
}

/** The name of the lot that begins with a task. */
export function lotName(task: string, attempt: number): string {
  return `${task}-${attempt}`;
}

/** The records in what was stored at once. */
export function recordsIn(stored: StoredRecords): readonly GoalRecord[] {
  return Array.isArray(stored) ? stored : [stored];
}
