import { z } from "zod";
import { hasEnded } from "./phases.ts";
import { bidSchema, proposalRecordSchema, taskErrorSchema, voteSchema } from "./records.ts";
import type { GoalState, TaskState } from "./state.ts";

/** Most tasks in a view: it travels in one message. */
const listedTasks = 1000;

/** One line about a goal. */
export const goalSummarySchema = z.object({
  id: z.string(),
  kind: z.string(),
  phase: z.string(),
  node: z.string(),
  acceptedAt: z.number(),
  updatedAt: z.number(),
  tasksDone: z.number(),
  tasks: z.number(),
  replannings: z.number(),
  /** Tasks that people are asked to approve. */
  approvals: z.number().default(0),
  /** True while nobody coordinates the goal because it waits for people. */
  suspended: z.boolean().default(false),
  /** True when it succeeded although tasks failed or were left out that were allowed to. */
  partial: z.boolean().optional(),
  error: z.string().optional(),
});
export type GoalSummary = z.output<typeof goalSummarySchema>;

/** Everything worth knowing about a goal, as told to clients. */
export const goalViewSchema = goalSummarySchema.extend({
  goal: z.looseObject({ kind: z.string() }),
  trace: z.string(),
  resumed: z.number(),
  task: z.array(
    z.object({
      id: z.string(),
      type: z.string(),
      arguments: z.array(z.string()),
      dependsOn: z.array(z.string()),
      status: z.string(),
      attempts: z.number(),
      winner: z.string().optional(),
      price: z.number().optional(),
      bids: z.array(bidSchema),
      durationMs: z.number().optional(),
      /** What people are asked to approve. */
      question: z.string().optional(),
      /** The dependency that ended it before it was tried. */
      because: z.string().optional(),
      error: taskErrorSchema.optional(),
    }),
  ),
  /** Tasks beyond the first of them, which are not listed. */
  tasksUnlisted: z.number().default(0),
  proposals: z.array(proposalRecordSchema),
  votes: z.array(voteSchema),
  agreementConfidence: z.number().optional(),
  planConfidence: z.number().optional(),
  plan: z.unknown().optional(),
  criticalPath: z.array(z.string()),
  risks: z.array(z.string()),
  replanned: z.array(
    z.object({
      at: z.number(),
      cause: z.string(),
      class: z.string(),
      strategy: z.string(),
      /** The contingency that was taken, when no other way was searched. */
      contingency: z.string().optional(),
      kept: z.array(z.string()),
      removed: z.array(z.string()),
      added: z.array(z.string()),
    }),
  ),
  result: z.unknown().optional(),
  failure: taskErrorSchema.optional(),
  /** How the goal ends, or has ended, once what was done is undone. */
  compensation: z
    .object({ outcome: z.enum(["failed", "cancelled"]), error: taskErrorSchema.optional() })
    .optional(),
  /** How and when an `expired` goal ended: all that is kept of it. */
  expired: z
    .object({ outcome: z.enum(["succeeded", "failed", "cancelled"]), endedAt: z.number() })
    .optional(),
});
export type GoalView = z.output<typeof goalViewSchema>;

/** One line about a goal, from its state. */
export function summaryOf(state: GoalState): GoalSummary {
  const replaced = new Set(state.replannings.flatMap(({ removed }) => removed));
  const tasks = Object.values(state.tasks).filter(({ id }) => !replaced.has(id));
  return {
    id: state.id,
    kind: state.goal.kind,
    phase: state.phase,
    node: state.coordinator,
    acceptedAt: state.acceptedAt,
    updatedAt: state.updatedAt,
    tasksDone: tasks.filter(({ status }) => status === "done").length,
    tasks: tasks.length,
    replannings: state.replannings.length,
    approvals: state.counts.asked,
    suspended: state.suspended,
    ...(state.partial === undefined ? {} : { partial: state.partial }),
    ...(state.error === undefined ? {} : { error: state.error.message }),
  };
}

/** All that clients are told of a goal, from its state: at most 1000 tasks, and how many are not listed. */
export function viewOf(state: GoalState): GoalView {
  return {
    ...summaryOf(state),
    goal: state.goal,
    trace: state.trace,
    resumed: state.resumed,
    task: Object.values(state.tasks).slice(0, listedTasks).map(taskView),
    tasksUnlisted: Math.max(0, Object.keys(state.tasks).length - listedTasks),
    proposals: [...state.proposals],
    votes: [...state.votes],
    criticalPath: [...state.criticalPath],
    risks: [...state.risks],
    replanned: state.replannings.map(({ kept, removed, added, learned: _learned, ...head }) => ({
      ...head,
      kept: [...kept],
      removed: [...removed],
      added: [...added],
    })),
    ...(state.agreementConfidence === undefined
      ? {}
      : { agreementConfidence: state.agreementConfidence }),
    ...(state.planConfidence === undefined ? {} : { planConfidence: state.planConfidence }),
    ...(state.plan === undefined ? {} : { plan: state.plan }),
    ...(hasEnded(state) && state.result !== undefined ? { result: state.result } : {}),
    ...(state.error === undefined ? {} : { failure: state.error }),
    ...(state.compensation === undefined ? {} : { compensation: state.compensation }),
    ...(state.expired === undefined ? {} : { expired: state.expired }),
  };
}

function taskView(task: TaskState): GoalView["task"][number] {
  const { id, type, status, attempts, winner, price, durationMs, question, because, error } = task;
  return {
    id,
    type,
    arguments: [...task.arguments],
    dependsOn: [...task.dependsOn],
    status,
    attempts,
    bids: [...task.bids],
    ...(winner === undefined ? {} : { winner }),
    ...(price === undefined ? {} : { price }),
    ...(durationMs === undefined ? {} : { durationMs }),
    ...(question === undefined ? {} : { question }),
    ...(because === undefined ? {} : { because }),
    ...(error === undefined ? {} : { error }),
  };
}
