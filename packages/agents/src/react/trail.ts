import {
  type Clock,
  type Journal,
  type Log,
  type OpenedJournaled,
  openJournaled,
} from "@troupe/actor";
import { z } from "zod";
import { type Decision, decisionSchema, type Step, stepSchema } from "./step.ts";

/** What a run has cost so far: its own calls, and those of agents it gave work to. */
const spentSchema = z.object({
  calls: z.number(),
  tokens: z.number(),
  /** By the configured prices; 0 without them. */
  cost: z.number(),
});
export type Spent = z.output<typeof spentSchema>;
const nothingSpent: Spent = { calls: 0, tokens: 0, cost: 0 };

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

/** What is stored of a run, one record before or after whatever has effects or costs. */
export const trailRecordSchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("began"), agent: z.string(), depth: z.number(), input: z.unknown() }),
  /** Taken up again: the time since the record before is nobody's work. */
  z.object({ type: z.literal("resumed") }),
  /** A call is about to be made, and costs this unless `decided` says otherwise. */
  z.object({ type: z.literal("reserved"), tokens: z.number(), cost: z.number() }),
  decisionSchema.extend({ type: z.literal("decided"), spent: spentSchema }),
  stepSchema
    .omit({ thought: true, action: true, input: true })
    .extend({ type: z.literal("observed"), spent: spentSchema }),
  interventionSchema.extend({ type: z.literal("intervened") }),
  z.object({ type: z.literal("finished"), result: z.unknown(), spent: spentSchema }),
  stopSchema.extend({ type: z.literal("stopped"), spent: spentSchema }),
]);
export type TrailRecord = z.output<typeof trailRecordSchema>;

/** A run as its records tell it. */
export interface RunState {
  readonly begun: boolean;
  /** When it would have begun had it never been interrupted, epoch milliseconds. */
  readonly beganAt: number;
  /** When its last record was stored, epoch milliseconds. */
  readonly lastAt: number;
  readonly steps: readonly Step[];
  /** Decided and not known to have been done. */
  readonly open?: Decision;
  /** Each with the number of steps that were done before it. */
  readonly interventions: readonly (Intervention & { readonly after: number })[];
  readonly spent: Spent;
  readonly end?: { readonly result: unknown } | { readonly stop: Stop };
}

const newRun: RunState = {
  begun: false,
  beganAt: 0,
  lastAt: 0,
  steps: [],
  interventions: [],
  spent: nothingSpent,
};

/** The state after one more record. */
function applyTrail(before: RunState, record: TrailRecord, at: number): RunState {
  const state = { ...before, lastAt: at };
  const { open, ...rest } = state;
  switch (record.type) {
    case "began":
      return { ...state, begun: true, beganAt: at };
    case "resumed":
      return { ...state, beganAt: before.beganAt + Math.max(0, at - before.lastAt) };
    case "reserved": {
      const { calls, tokens, cost } = state.spent;
      const spent = { calls: calls + 1, tokens: tokens + record.tokens, cost: cost + record.cost };
      return { ...state, spent };
    }
    case "decided": {
      const { thought, action, input, spent } = record;
      return { ...state, open: { thought, action, input }, spent };
    }
    case "observed": {
      if (open === undefined) return state;
      const { ok, observation, quality, durationMs, spent } = record;
      const step = { ...open, ok, observation, quality, durationMs };
      return { ...rest, steps: [...state.steps, step], spent };
    }
    case "intervened": {
      const { why, advice, banned } = record;
      const intervention = { why, advice, banned, after: state.steps.length };
      return { ...state, interventions: [...state.interventions, intervention] };
    }
    case "finished":
      return { ...rest, end: { result: record.result }, spent: record.spent };
    case "stopped": {
      const { code, message, limit, spent } = record;
      const stop = { code, message, ...(limit === undefined ? {} : { limit }) };
      return { ...rest, end: { stop }, spent };
    }
  }
}

const format = { kind: "agent", record: trailRecordSchema, version: 1 } as const;

/** Where a run is kept: subject `journal.agent.<goal>.<task>`, republished as `events.agent.…`. */
export interface TrailOptions {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly goal: string;
  readonly task: string;
  /** Default silent. */
  readonly log?: Log;
}

/**
 * Removes the trails of a goal's agents but for the last record of each, which says how it ended. Safe to
 * repeat.
 *
 * @returns how many records were removed
 */
export async function forgetTrails(journal: Journal, goal: string): Promise<number> {
  const last = new Map<string, number>();
  for (const { subject, sequence } of await journal.read(`journal.${format.kind}.${goal}.>`)) {
    last.set(subject, sequence);
  }
  let removed = 0;
  for (const [subject, before] of last) removed += await journal.purge(subject, { before });
  return removed;
}

/**
 * Opens the trail of a run: what was stored of it on whatever node, and where more is stored. Who opens
 * it later fences earlier ones out with its first record.
 *
 * @throws UnreadableRecordError when a record has no known version or shape
 */
export function openTrail(
  options: TrailOptions,
): Promise<OpenedJournaled<RunState, TrailRecord, never>> {
  const { goal, task, ...ports } = options;
  return openJournaled<RunState, TrailRecord>({
    ...format,
    ...ports,
    key: `${goal}.${task}`,
    initial: newRun,
    apply: applyTrail,
  });
}
