import type { Decision, Step } from "../react/step.ts";
import type { StoredStep } from "./read-trails.ts";
import { applyTrail, newRun, type RunState } from "./run-state.ts";
import {
  type Habits,
  type Intervention,
  nothingSpent,
  type Spent,
  type Stop,
} from "./trail-records.ts";

/**
 * One step of a run. Questions to people are steps as well: of the action `request_approval`, with the
 * question in the input, and the answer as what was observed.
 */
export interface TrailStep extends Decision {
  /** 1 for the first. */
  readonly number: number;
  readonly decidedAt: number;
  /** What decided: `rules`, `model`, or the name of a mind of one's own. */
  readonly mind?: string;
  /** The model that was asked, as its server names it. */
  readonly model?: string;
  /** What it cost: deciding and doing, agents below included, and calls that were lost with a node. */
  readonly took: Spent;
  /** What came of it. Absent while it is being done or a person is asked, and of `final_result`. */
  readonly observed?: Pick<Step, "ok" | "observation" | "quality" | "durationMs"> & {
    readonly at: number;
  };
}

/** What one agent did for a task, step by step. All times are milliseconds since the epoch. */
export interface AgentTrail {
  /** The run's name: the task's, or for an agent below another `<task>-s<step>-<index>`. */
  readonly task: string;
  /** Absent when the beginning is not kept any more. */
  readonly agent?: string;
  /** 0, or how many agents are above it. */
  readonly depth: number;
  /** What it was given. */
  readonly input?: unknown;
  /** What it did otherwise from experience, and why. Absent: nothing. */
  readonly habits?: Habits;
  /** When its first record that is kept was stored, and its last. */
  readonly beganAt: number;
  readonly lastAt: number;
  /** How often another life of it took it up: after its node died, or when people had answered. */
  readonly resumed: number;
  readonly steps: readonly TrailStep[];
  /** How it was kept from going round in circles, each with the number of steps that were done before it. */
  readonly interventions: readonly (Intervention & {
    readonly after: number;
    readonly at: number;
  })[];
  readonly spent: Spent;
  /** How it ended: with a result, or stopped for good. Absent while it goes on. */
  readonly end?: { readonly at: number } & ({ readonly result: unknown } | { readonly stop: Stop });
  /** Whether it is told from its beginning: of old goals only the last record is kept. */
  readonly isWhole: boolean;
}

/**
 * The runs that records tell of, in the order in which they began. Pure.
 *
 * @param records of one goal, oldest first
 */
export function agentTrails(records: readonly StoredStep[]): readonly AgentTrail[] {
  return [...Map.groupBy(records, ({ task }) => task)].map(([task, own]) => trailOf(task, own));
}

function trailOf(task: string, records: readonly StoredStep[]): AgentTrail {
  const [first] = records;
  const began = first?.record.type === "began" ? first.record : undefined;
  const steps: TrailStep[] = [];
  const interventions: AgentTrail["interventions"][number][] = [];
  let state: RunState = newRun;
  let paid = nothingSpent;
  let resumed = 0;
  let endedAt = 0;
  for (const { at, record } of records) {
    const before = state;
    state = applyTrail(before, record, at);
    switch (record.type) {
      case "decided": {
        const { thought, action, input, mind, model } = record;
        steps.push({
          number: before.steps.length + 1,
          decidedAt: at,
          thought,
          action,
          input,
          took: less(state.spent, paid),
          ...(mind === undefined ? {} : { mind }),
          ...(model === undefined ? {} : { model }),
        });
        break;
      }
      case "observed": {
        const open = steps.pop();
        if (open === undefined) break;
        const { ok, observation, quality, durationMs } = record;
        const observed = { at, ok, observation, quality, durationMs };
        steps.push({ ...open, took: less(state.spent, paid), observed });
        paid = state.spent;
        break;
      }
      case "intervened": {
        const { why, advice, banned } = record;
        interventions.push({ at, after: before.steps.length, why, advice, banned });
        break;
      }
      case "resumed":
        resumed += 1;
        break;
      case "finished":
      case "stopped":
        endedAt = at;
    }
  }
  return {
    task,
    depth: began?.depth ?? 0,
    ...(began === undefined ? {} : { agent: began.agent, input: began.input }),
    ...(state.habits === undefined ? {} : { habits: state.habits }),
    beganAt: first?.at ?? 0,
    lastAt: state.lastAt,
    resumed,
    steps,
    interventions,
    spent: state.spent,
    ...(state.end === undefined ? {} : { end: { at: endedAt, ...state.end } }),
    isWhole: began !== undefined,
  };
}

function less(all: Spent, before: Spent): Spent {
  const { calls, tokens, cost } = before;
  return { calls: all.calls - calls, tokens: all.tokens - tokens, cost: all.cost - cost };
}
