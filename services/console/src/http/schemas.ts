import { z } from "@hono/zod-openapi";
import { goalIdSchema, goalRecordSchema, goalSummarySchema, goalViewSchema } from "@troupe/goals";
import {
  alertOrderedSchema,
  alertOrderSchema,
  nodeIncidentsSchema,
  nodeOperationSchema,
  nodeStatusSchema,
} from "@troupe/telemetry";

/** An error answer of the API; `reason` as in the contract with NATS clients. */
export const problemSchema = z.object({
  error: z.object({ reason: z.string(), description: z.string(), retryable: z.boolean() }),
});

export const goalQuerySchema = z.object({
  phase: z.string().max(32).optional(),
  kind: z.string().max(64).optional(),
  text: z.string().max(200).optional(),
  waiting: z.enum(["true", "false"]).optional(),
  from: z.coerce.number().int().min(0).default(0),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

export const goalListSchema = z.object({
  goals: z.array(goalSummarySchema),
  /** How many fit the filter. */
  total: z.number(),
  kinds: z.array(z.string()),
  loaded: z.boolean(),
  problem: z.string().optional(),
});
export type GoalListAnswer = z.output<typeof goalListSchema>;

export const goalIdParam = z.object({ id: goalIdSchema });
export const nodeParam = z.object({ node: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/) });

export const goalAnswerSchema = goalViewSchema;

export const historyQuerySchema = z.object({ after: z.coerce.number().int().min(0).default(0) });
export const historyAnswerSchema = z.object({
  events: z.array(z.object({ sequence: z.number(), at: z.number(), record: goalRecordSchema })),
  more: z.boolean(),
});

export const traceAnswerSchema = z.object({
  spans: z.number(),
  /** Parts of the trace that cannot be read. */
  unreadable: z.number(),
  totalMs: z.number(),
  /** What decided how long it took, in order. */
  sections: z.array(
    z.object({ name: z.string(), actor: z.string(), atMs: z.number(), forMs: z.number() }),
  ),
});
export type TraceAnswer = z.output<typeof traceAnswerSchema>;

/** A node without its actors. */
const nodeLineSchema = nodeStatusSchema
  .omit({ actors: true })
  .extend({ actors: z.object({ total: z.number(), waiting: z.number() }) });
export type NodeLine = z.output<typeof nodeLineSchema>;

export const nodesAnswerSchema = z.object({
  nodes: z.array(nodeLineSchema),
  missing: z.array(z.object({ node: z.string(), since: z.number() })),
  loaded: z.boolean(),
});
export type NodesAnswer = z.output<typeof nodesAnswerSchema>;

export const actorQuerySchema = z.object({
  text: z.string().max(200).default(""),
  limit: z.coerce.number().int().min(1).max(2000).default(200),
});
export const actorsAnswerSchema = z.object({
  actors: z.array(
    z.object({
      node: z.string(),
      address: z.string(),
      protocol: z.string(),
      state: z.string(),
      capabilities: z.array(z.string()),
      waiting: z.number(),
      capacity: z.number(),
      atWork: z.string().optional(),
    }),
  ),
  /** Actors of all nodes, also those that are not shown. */
  total: z.number(),
  loaded: z.boolean(),
});
export type ActorsAnswer = z.output<typeof actorsAnswerSchema>;

export const overviewSchema = z.object({
  prefix: z.string(),
  at: z.number(),
  loaded: z.boolean(),
  problem: z.string().optional(),
  phases: z.record(z.string(), z.number()),
  running: z.array(goalSummarySchema),
  waiting: z.array(goalSummarySchema),
  waitingTotal: z.number(),
  failed: z.array(goalSummarySchema),
  recent: z.array(goalSummarySchema),
  nodes: z.array(
    z.object({
      node: z.string(),
      score: z.number().optional(),
      status: z.string(),
      goals: z.number(),
      actors: z.number(),
      waiting: z.number(),
      cpu: z.number(),
      memory: z.number(),
      quarantine: z.number(),
    }),
  ),
  alerts: z.array(
    z.object({
      id: z.string(),
      rule: z.string(),
      node: z.string(),
      severity: z.string(),
      summary: z.string(),
      since: z.number(),
      acknowledgedBy: z.string().optional(),
    }),
  ),
  quarantine: z.number(),
  trend: z.array(
    z.object({ at: z.number(), waiting: z.number(), actors: z.number(), cpu: z.number() }),
  ),
});
export type Overview = z.output<typeof overviewSchema>;

export const incidentsAnswerSchema = z.object({ nodes: z.array(nodeIncidentsSchema) });
export type IncidentsAnswer = z.output<typeof incidentsAnswerSchema>;

export const cancelSchema = z.object({
  reason: z.string().max(1000).default("asked to in the console"),
  by: z.string().min(1).max(200).default("console"),
});
export const approveSchema = z.object({
  task: z.string().min(1).max(200),
  approved: z.boolean(),
  by: z.string().min(1).max(200).default("console"),
  note: z.string().max(1000).optional(),
});
export const submitSchema = z.looseObject({ kind: z.string().min(1).max(64) });
export const receiptAnswerSchema = z.object({ goal: z.string(), duplicate: z.boolean() });
export const operationSchema = nodeOperationSchema;
export const alertOrderBodySchema = alertOrderSchema;
export { alertOrderedSchema };
export const doneSchema = z.object({ done: z.boolean() });

const sessionSchema = z.object({
  /** Whether the API answers this browser. */
  open: z.boolean(),
  /** Whether people have to log in with the token. */
  login: z.boolean(),
  /** Whether they may do more than look. */
  mayAct: z.boolean(),
  /** Who they are, when a proxy says so: what they do is recorded under that name. */
  user: z.string().optional(),
  /** Why the API does not answer them. */
  why: z.string().optional(),
});
export type Session = z.output<typeof sessionSchema>;
export const loginSchema = z.object({ token: z.string().max(512) });

/** What is told on the event stream: that something has changed, and what. */
const newsSchema = z.object({
  revision: z.number(),
  /** Goals that changed, at most 200. */
  goals: z.array(z.string()),
});
export type News = z.output<typeof newsSchema>;
