import type { Clock, Journal, Log, Tracer } from "@troupe/actor";
import type { z } from "zod";
import type { AgentLimits } from "../limits/agent-limits.ts";
import type { Purse } from "../limits/purse.ts";
import type { Job, Tool } from "../tool.ts";
import type { RunState } from "../trail/run-state.ts";
import type { Habits, Spent } from "../trail/trail-records.ts";
import type { Mind } from "./mind.ts";

/** What a run is: who does it, with what, and what it may take. */
export interface AgentSpec {
  readonly name: string;
  /** What is to be reached, written by the agent's author. */
  readonly instructions: string;
  readonly mind: Mind;
  /** Its actions besides those that every agent has. */
  readonly tools: readonly Tool[];
  /** What a result must look like. Default anything. */
  readonly output?: z.ZodType;
  readonly limits: AgentLimits;
  /** What it learns from, of its own runs but not of those of agents below it. Default nothing. */
  readonly experience?: AgentExperience;
}

/** What an agent has learned of tasks of one kind. */
export interface AgentExperience {
  /** What is to be done otherwise in a run that begins now. Does not throw. */
  habits(): Promise<Habits | undefined>;
  /** Is told of each run once it has ended, with a result or without. Does not throw. */
  learn(run: RunState): Promise<void>;
}

/** What a run needs of the world. */
export interface AgentPorts {
  readonly journal: Journal;
  readonly clock: Clock;
  readonly tracer: Tracer;
  /** Default silent. */
  readonly log?: Log;
}

/** Which run it is, and what it is given. */
export interface AgentTask {
  readonly job: Job;
  /** JSON data, from whoever asked: never trusted. */
  readonly input: unknown;
}

/** Who gave the work, for an agent below another. */
export interface Above {
  readonly purse: Purse;
  readonly depth: number;
}

/** What an agent's run came to, and what it took. */
export interface AgentResult {
  readonly result: unknown;
  /** Steps that it took, those of earlier attempts included. */
  readonly steps: number;
  /** How often it was kept from going round in circles. */
  readonly interventions: number;
  readonly spent: Spent;
}
