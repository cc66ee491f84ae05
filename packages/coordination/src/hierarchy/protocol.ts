import { defineProtocol, message } from "@troupe/actor";
import { z } from "zod";

/** Leaves given to a worker, at any level. */
const delegatedSchema = z.object({
  /** Number of the assignment, after those that it is part of: `2.1` is the first that the worker of `2` made. */
  id: z.string(),
  worker: z.string(),
  /** 1 for those whom the holder of the job gave work to. */
  depth: z.number().int(),
  leaves: z.array(z.number().int()),
  ended: z.enum(["done", "lost", "declined", "silent"]).optional(),
});
export type Delegated = z.output<typeof delegatedSchema>;

/** Leaves that a worker is to do, or to have done. */
const delegateSchema = z.object({
  job: z.string(),
  /** Goes back with every report, as do `worker` and `token`. */
  assignment: z.string(),
  worker: z.string(),
  token: z.string(),
  /** 1 for the first level below the holder of the job. */
  depth: z.number().int().min(1),
  /** A worker at this depth does the work itself. */
  deepest: z.number().int().min(1),
  /** Milliseconds left; the worker's own clock counts. */
  withinMs: z.number(),
  /** Address for {@link leadProtocol}. */
  lead: z.string(),
  /** Addresses of all who lead above, outermost first: a worker among them declines. */
  above: z.array(z.string()),
  leaves: z.array(z.object({ leaf: z.number().int(), work: z.unknown() })),
  conversation: z.string().optional(),
});
export type DelegatedWork = z.output<typeof delegateSchema>;

/**
 * What a worker understands. Spread these into a protocol of your own to make its actors workers.
 *
 * `delegate` comes again while the lead has heard nothing: it is answered with what is known so far, and the work is not
 * begun anew. `withdraw` ends it, also when it is done.
 */
export const workerMessages = {
  delegate: message(delegateSchema),
  withdraw: message(z.object({ job: z.string(), assignment: z.string(), lead: z.string() })),
} as const;
export type WorkerMessages = typeof workerMessages;
export const workerProtocol = defineProtocol("worker", workerMessages);

const leafReportSchema = z.union([
  z.object({ leaf: z.number().int(), result: z.unknown() }),
  z.object({ leaf: z.number().int(), failure: z.string() }),
]);

/** What whoever leads a team understands. */
const leadMessages = {
  report: message(
    z.object({
      job: z.string(),
      assignment: z.string(),
      worker: z.string(),
      token: z.string(),
      leaves: z.array(leafReportSchema),
      declined: z.string().optional(),
      /** What the worker has given to others, or heard the end of, since its last report. */
      delegated: z.array(delegatedSchema).optional(),
    }),
  ),
} as const;
export type LeadMessages = typeof leadMessages;
export const leadProtocol = defineProtocol("lead", leadMessages);
