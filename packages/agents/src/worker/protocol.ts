import { defineProtocol, message, query } from "@troupe/actor";
import { bidderMessages } from "@troupe/coordination";
import { z } from "zod";

/** Which order of which goal: what every message about work in progress names. */
const lotSchema = z.object({
  goal: z.string(),
  /** Unique in the goal: another attempt at the same tasks is another lot. */
  lot: z.string(),
});
export type LotName = z.output<typeof lotSchema>;

/** Most tasks in one order. */
export const lotLimit = 100;

/**
 * Work as it is ordered from the agent that won it: one task, or several of one type that are worth
 * one auction together.
 */
export const workOrderSchema = lotSchema.extend({
  /** 1 for the first try of these tasks. */
  attempt: z.number().int().positive(),
  /** The capability it takes. */
  type: z.string(),
  tasks: z
    .array(
      z.object({
        task: z.string(),
        /** What the tool is given. */
        input: z.unknown(),
        /** Tasks that had to end before it, for its trace. Default none. */
        after: z.array(z.string()).optional(),
        /** What people have answered to its questions. Default nothing. */
        approvals: z.array(z.unknown()).optional(),
      }),
    )
    .min(1)
    .max(lotLimit),
  /** Size of the work in bytes, all tasks together: the basis of bids. */
  bytes: z.number().nonnegative(),
  /** Longest path from these tasks to the end of the goal: longer ones go first. Default 0. */
  rank: z.number().default(0),
  /** What each of the tasks holds while it runs, of what its machine has. Default nothing. */
  resources: z.record(z.string(), z.number()).optional(),
  /** An attempt at one task that takes longer has failed, milliseconds. Default: none is too long. */
  timeoutMs: z.number().positive().optional(),
  /** Whether results found before for the same input may be taken. Default false. */
  cached: z.boolean().optional(),
  /** Address of the actor that wants to know how it ended. */
  customer: z.string(),
});
export type WorkOrder = z.output<typeof workOrderSchema>;

/** How an attempt at one task ended. */
export const taskOutcomeSchema = z.discriminatedUnion("ok", [
  z.object({ ok: z.literal(true), durationMs: z.number(), facts: z.unknown() }),
  z.object({
    ok: z.literal(false),
    durationMs: z.number(),
    error: z.object({
      code: z.string(),
      message: z.string(),
      retryable: z.boolean(),
      details: z.unknown().optional(),
    }),
  }),
]);
export type TaskOutcome = z.output<typeof taskOutcomeSchema>;

/** Tasks of a lot that have ended, with what came of each. */
const endedTasksSchema = z.array(z.object({ task: z.string(), outcome: taskOutcomeSchema }));
export type EndedTasks = z.output<typeof endedTasksSchema>;

/** Why an agent declines an award that it would take at another time. */
export const busy = "busy";

/** What the actor that ordered work is told as tasks of it end. */
export const customerMessages = {
  tasksEnded: message(lotSchema.extend({ by: z.string(), ended: endedTasksSchema })),
} as const;
export const customerProtocol = defineProtocol("customer", customerMessages);

/**
 * What a worker understands: announcements and awards of the contract net, and questions about the
 * work it took on. An answer `unknown` means that it does not have the lot: it never took it, or it
 * has restarted since.
 */
export const workerProtocol = defineProtocol(
  "worker",
  {
    ...bidderMessages,
    /** Whether the agent has a lot; ends among `tasks` are told, from now on to `customer`. */
    progress: query(
      lotSchema.extend({ customer: z.string(), tasks: z.array(z.string()) }),
      z.discriminatedUnion("state", [
        z.object({ state: z.literal("unknown") }),
        /** `missing`: tasks that the agent has let go of. */
        z.object({ state: z.literal("known"), missing: z.array(z.string()) }),
      ]),
    ),
    /** Lets go of some tasks of a lot; without `tasks`, of all that have not ended. */
    abandon: message(lotSchema.extend({ tasks: z.array(z.string()).optional() })),
    /** Tells the customer what has ended of a lot since it was told last. */
    report: message(lotSchema),
  },
  { spans: "notable" },
);
export type WorkerMessages = typeof workerProtocol.messages;
