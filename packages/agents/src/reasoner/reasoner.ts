import type { TraceContext } from "@troupe/actor";
import { z } from "zod";
import type { Payer } from "../limits/purse.ts";

/** One thing that is wrong with an answer. */
export interface AnswerIssue {
  /** Where in the answer, for example `tasks.2.type`; empty for the answer as a whole. */
  readonly path: string;
  readonly message: string;
}

/** What a reasoner is asked. */
export interface ReasonerRequest<T> {
  /** A few words for traces and errors, for example `decompose a goal`. */
  readonly purpose: string;
  /** What to do, written by us: trusted. */
  readonly instructions: string;
  /** What to do it with, as JSON data: never trusted, whoever wrote it. */
  readonly data: unknown;
  /** The shape of an answer. */
  readonly schema: z.ZodType<T>;
  /** What is wrong with an answer of the right shape. Default: nothing. */
  readonly check?: (answer: T) => readonly AnswerIssue[];
}

/** How much one proposal may cost. A goal says it in its document. */
export const reasonerLimitsSchema = z.strictObject({
  /** Calls to the model: the first, repairs, and repeats after failures of its server. Default 8. */
  maxCalls: z.number().int().min(1).max(100).default(8),
  /** Tokens of one answer. Default 4096. */
  maxOutputTokens: z.number().int().min(1).max(1_000_000).default(4096),
  /** Longest that one call may take from request to last byte, milliseconds. Default two minutes. */
  timeoutMs: z.number().int().min(1).max(3_600_000).default(120_000),
  /** Answers that are sent back for repair. Default 3. */
  maxRepairs: z.number().int().min(0).max(20).default(3),
  /** Tokens read and written in all calls together. Default: not limited. */
  maxTokens: z.number().int().min(1).optional(),
});
export type ReasonerLimits = z.output<typeof reasonerLimitsSchema>;

/** What a proposal took. */
export interface ReasonerUsage {
  /** As its server counted them; 0 when it did not. */
  readonly inputTokens: number;
  readonly outputTokens: number;
  /** All calls, failed ones too. */
  readonly calls: number;
  /** Answers that were sent back. */
  readonly repairs: number;
  /** The model that answered, as its server names it; before an answer, the one that was asked for. */
  readonly model: string;
  /** By the configured prices; absent without them. */
  readonly cost?: number;
}

/** A judgement that passed its check, and what it took to get it. */
export interface Reasoned<T> {
  readonly answer: T;
  readonly usage: ReasonerUsage;
}

/** Within what a judgement is made: what ends it, its limits, and who pays. */
export interface ProposeOptions {
  /** Ends the proposal: it rejects with the signal's reason. */
  readonly signal: AbortSignal;
  readonly limits: ReasonerLimits;
  /** Pays for each call before it is made, besides `limits`; its refusal ends the proposal. Default nobody. */
  readonly payer?: Payer;
  /** The span that asks, so that calls appear below it. Default: each call begins a trace. */
  readonly parent?: TraceContext;
}

/**
 * Something that can be asked for a judgement in a given shape: rules, a model, or a test's script.
 *
 * What it answers is data. It has the shape that was asked for and has passed the check, and still
 * nobody may treat it as more trustworthy than what a stranger wrote.
 */
export interface Reasoner {
  /**
   * @throws ReasonerError when there is no usable answer, with what was spent on it; what the payer
   *   throws
   */
  propose<T>(request: ReasonerRequest<T>, options: ProposeOptions): Promise<Reasoned<T>>;
}
