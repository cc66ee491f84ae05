import type { Decision, Step } from "../react/step.ts";
import {
  type Habits,
  type Intervention,
  nothingSpent,
  type Spent,
  type Stop,
  type TrailRecord,
} from "./trail-records.ts";

/** A run as its records tell it. */
export interface RunState {
  readonly begun: boolean;
  /** When it would have begun had it never been interrupted, epoch milliseconds. */
  readonly beganAt: number;
  /** When its last record was stored, epoch milliseconds. */
  readonly lastAt: number;
  /** What experience had to say when it began, whatever it says by now. */
  readonly habits?: Habits;
  readonly steps: readonly Step[];
  /** Decided and not known to have been done. */
  readonly open?: Decision;
  /** Each with the number of steps that were done before it. */
  readonly interventions: readonly (Intervention & { readonly after: number })[];
  readonly spent: Spent;
  readonly end?: { readonly result: unknown } | { readonly stop: Stop };
}

/** A run before its first record. */
export const newRun: RunState = {
  begun: false,
  beganAt: 0,
  lastAt: 0,
  steps: [],
  interventions: [],
  spent: nothingSpent,
};

/** The state after one more record. */
export function applyTrail(before: RunState, record: TrailRecord, at: number): RunState {
  const state = { ...before, lastAt: at };
  const { open, ...rest } = state;
  switch (record.type) {
    case "began": {
      const { habits } = record;
      return { ...state, begun: true, beganAt: at, ...(habits === undefined ? {} : { habits }) };
    }
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
