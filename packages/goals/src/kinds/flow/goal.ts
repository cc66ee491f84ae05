import { reasonerLimitsSchema } from "@troupe/agents";
import { flowSchema, InvalidFlowError, readFlow, type TaskTypes } from "@troupe/orchestration";
import { z } from "zod";
import { goalIdSchema } from "../../goal/goal.ts";

/** Longest description that a flow is made from, characters. */
const describeLimit = 20_000;

const headSchema = { id: goalIdSchema.optional(), kind: z.literal("flow") };

/** A graph of tasks that the publisher has written. */
const writtenSchema = z.strictObject({ ...headSchema, ...flowSchema.shape });

/** What is wanted, in words: a model makes the graph. */
const describedSchema = z.strictObject({
  ...headSchema,
  describe: z.string().min(1).max(describeLimit),
  /** Files that it is about. Default none. */
  sources: z.array(z.string().min(1).max(4096)).max(100).optional(),
  /** What planning may cost. */
  limits: reasonerLimitsSchema.optional(),
});

/**
 * "Do these tasks, in this order." Either `tasks`, or `describe` where nodes have a model.
 *
 * @param types what can be asked for: others, and inputs these do not take, are refused
 */
export function flowGoalSchema(types: TaskTypes) {
  return z.union([writtenSchema, describedSchema]).superRefine((goal, context) => {
    if (!("tasks" in goal)) return;
    const { id: _id, kind: _kind, ...flow } = goal;
    try {
      readFlow(flow, types);
    } catch (error) {
      if (!(error instanceof InvalidFlowError)) throw error;
      for (const { path, message } of error.issues) {
        context.addIssue({ code: "custom", path: path.split("."), message });
      }
    }
  });
}
export type FlowGoal = z.output<typeof writtenSchema> | z.output<typeof describedSchema>;
