import { z } from "zod";

/** Most tasks of one flow, copies counted. */
export const flowTaskLimit = 10_000;

const nameSchema = z
  .string()
  .regex(
    /^[A-Za-z0-9][A-Za-z0-9_-]{0,63}$/,
    "must be 1 to 64 letters, digits, '-' or '_', beginning with a letter or digit",
  );

const dependencySchema = z.union([
  nameSchema,
  z.strictObject({
    task: nameSchema,
    /**
     * What its failure means for this task: `fail` (default) fails it too, `skip` leaves it out,
     * `continue` runs it as if the dependency were done.
     */
    onFailure: z.enum(["fail", "skip", "continue"]).default("fail"),
  }),
]);

const retrySchema = z.strictObject({
  /** Retries after the first attempt. */
  limit: z.number().int().min(0).max(100),
  /** Before the first retry, milliseconds; doubles for each further one. Default 100. */
  delayMs: z.number().min(0).max(3_600_000).default(100),
});

/** A day: no task of a flow runs longer. */
const longestTaskMs = 86_400_000;

/** One task of a flow, as people and models write it. */
const flowTaskSchema = z.strictObject({
  /** Unique in the flow. */
  id: nameSchema,
  /** A registered task type: the capability of the agents that do it. */
  type: z.string().min(1).max(128),
  /** What its tool is given; `{"$from": "<task>", "at": "<path>"}` in it stands for a result. Default `{}`. */
  input: z.json().default({}),
  dependsOn: z.array(dependencySchema).default([]),
  /** So many tasks like this one, named `<id>.0` and so on; `"$copy"` in the input is the number. Default: just one. */
  copies: z.number().int().min(1).max(flowTaskLimit).optional(),
  /** Whole units that it holds while it runs, for example `{"cpu": 500}` (millicores). Default: none. */
  resources: z.record(z.string(), z.number().int().min(0)).optional(),
  retry: retrySchema.optional(),
  /** An attempt that takes longer has failed, milliseconds. Default an hour. */
  timeoutMs: z.number().int().min(1).max(longestTaskMs).optional(),
  /** How long it is expected to take, milliseconds; orders the critical path before anything is learned. */
  expectedMs: z.number().min(0).max(longestTaskMs).optional(),
  /** A second copy races an attempt that takes this many times as long as expected. Default: never. */
  speculateAfter: z.number().min(1).max(1000).optional(),
  /** A result that was found before for the same input and files is taken instead. Default false. */
  cached: z.boolean().optional(),
  /** What undoes it when the goal fails or is cancelled after it was done. */
  compensate: z
    .strictObject({ type: z.string().min(1).max(128), input: z.json().default({}) })
    .optional(),
});
export type FlowTask = z.output<typeof flowTaskSchema>;

/** A graph of tasks, as people and models write it. */
export const flowSchema = z.strictObject({
  tasks: z.array(flowTaskSchema).min(1, "must hold at least one task").max(flowTaskLimit),
  /** End as soon as the goal cannot succeed, instead of finishing what does not depend on it. Default false. */
  failFast: z.boolean().optional(),
});
export type Flow = z.output<typeof flowSchema>;
