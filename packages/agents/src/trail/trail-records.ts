import { z } from "zod";
import { decisionSchema, stepSchema } from "../react/step.ts";

/** What a run has cost so far: its own calls, and those of agents it gave work to. */
const spentSchema = z.object({
  calls: z.number(),
  tokens: z.number(),
  /** By the configured prices; 0 without them. */
  cost: z.number(),
});
export type Spent = z.output<typeof spentSchema>;
export const nothingSpent: Spent = { calls: 0, tokens: 0, cost: 0 };

/** Why a run that will not go on has ended without a result. */
const stopSchema = z.object({
  code: z.enum(["agent-limit", "agent-stuck", "agent-unusable"]),
  message: z.string(),
  /** The limit, for `agent-limit`. */
  limit: z.string().optional(),
});
export type Stop = z.output<typeof stopSchema>;

/** How the agent was kept from going round in circles. */
const interventionSchema = z.object({
  why: z.string(),
  /** What it is told. */
  advice: z.array(z.string()),
  /** Actions with inputs that it may not do again, as `deedOf` names them. */
  banned: z.array(z.string()),
});
export type Intervention = z.output<typeof interventionSchema>;

/** What experience has an agent do otherwise, from the beginning of a run to its end. */
const habitsSchema = z.object({
  /** Actions that come last: done when nothing else is left to do. */
  last: z.array(z.string()),
  /** Steps that the mind is told it has. Default: those of `maxSteps`, which hold in any case. */
  steps: z.number().int().min(1).optional(),
  /** What the mind is told, each with its reason. */
  advice: z.array(z.string()),
});
export type Habits = z.output<typeof habitsSchema>;

/** What is stored of a run, one record before or after whatever has effects or costs. */
export const trailRecordSchema = z.discriminatedUnion("type", [
  z.object({
    type: z.literal("began"),
    agent: z.string(),
    depth: z.number(),
    input: z.unknown(),
    /** Absent when there is nothing to be done otherwise. */
    habits: habitsSchema.optional(),
  }),
  /** Taken up again: the time since the record before is nobody's work. */
  z.object({ type: z.literal("resumed") }),
  /** A call is about to be made, and costs this unless `decided` says otherwise. */
  z.object({ type: z.literal("reserved"), tokens: z.number(), cost: z.number() }),
  decisionSchema.extend({
    type: z.literal("decided"),
    /** Name of the mind that decided, and of the model it asked. Trails of earlier releases lack both. */
    mind: z.string().optional(),
    model: z.string().optional(),
    spent: spentSchema,
  }),
  stepSchema
    .omit({ thought: true, action: true, input: true })
    .extend({ type: z.literal("observed"), spent: spentSchema }),
  interventionSchema.extend({ type: z.literal("intervened") }),
  z.object({ type: z.literal("finished"), result: z.unknown(), spent: spentSchema }),
  stopSchema.extend({ type: z.literal("stopped"), spent: spentSchema }),
]);
export type TrailRecord = z.output<typeof trailRecordSchema>;
