import { defineProtocol, message, query } from "@troupe/actor";
import { bidderMessages } from "@troupe/coordination";
import { z } from "zod";

/** Which try of which task: what every message about work in progress names. */
const attemptSchema = z.object({
  goal: z.string(),
  task: z.string(),
  attempt: z.number().int().positive(),
});
export type Attempt = z.output<typeof attemptSchema>;

/** A task as it is ordered from the agent that won it. */
export const taskOrderSchema = attemptSchema.extend({
  /** The capability it takes. */
  type: z.string(),
  /** What the tool is given. */
  input: z.unknown(),
  /** Size of the work in bytes, the basis of bids. */
  bytes: z.number().nonnegative(),
  /** Address of the actor that wants to know how it ended. */
  customer: z.string(),
});
export type TaskOrder = z.output<typeof taskOrderSchema>;

/** How an attempt ended. */
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

/** Why an agent declines an award that it would take at another time. */
export const busy = "busy";

/** What the actor that ordered a task is told when it ends. */
export const customerMessages = {
  taskEnded: message(attemptSchema.extend({ by: z.string(), outcome: taskOutcomeSchema })),
} as const;
export const customerProtocol = defineProtocol("customer", customerMessages);

/**
 * What a worker understands: announcements and awards of the contract net, and questions about the
 * work it took on. An answer `unknown` means that it does not have the attempt: it never took it, or
 * it has restarted since.
 */
export const workerProtocol = defineProtocol("worker", {
  ...bidderMessages,
  /** How an attempt stands; from now on its end is told to `customer`. */
  progress: query(
    attemptSchema.extend({ customer: z.string() }),
    z.discriminatedUnion("state", [
      z.object({ state: z.literal("unknown") }),
      z.object({ state: z.literal("running") }),
      z.object({ state: z.literal("ended"), outcome: taskOutcomeSchema }),
    ]),
  ),
  abandon: message(attemptSchema),
});
export type WorkerMessages = typeof workerProtocol.messages;
