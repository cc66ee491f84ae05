import type { Span } from "@troupe/actor";
import type { z } from "zod";

/** One piece of work as its tool sees it. */
export interface Job {
  readonly goal: string;
  readonly task: string;
  /** 1 for the first try. */
  readonly attempt: number;
  /** Aborted when the task is abandoned or the agent stops: interrupt what is running. */
  readonly signal: AbortSignal;
  /** What people have answered to its questions, in the order in which they were asked. Default nothing. */
  readonly approvals?: readonly unknown[];
  /** The task's span, for attributes worth seeing in the trace. */
  readonly span: Span;
}

/** What decides the result of a tool. */
export interface ToolCache<Input> {
  /** Of the tool's code: results of another version are others. */
  readonly version: string;
  /**
   * The SHA-256 digests, in hexadecimal, of the files it reads, by what each is to it. Default none.
   *
   * @returns undefined when the result for this input is not to be kept
   */
  files?(input: Input): Promise<Readonly<Record<string, string>> | undefined>;
}

/**
 * Something an agent can do: one task type, with the shape of its input.
 *
 * The type is also the capability under which agents that hold the tool are found.
 */
export interface Tool<Input = unknown> {
  readonly type: string;
  /** One sentence for people. */
  readonly purpose: string;
  readonly input: z.ZodType<Input>;
  /** Set when the result depends on nothing but the input and some files, and the work leaves nothing behind. */
  readonly cache?: ToolCache<Input>;
  /** What a result is worth to an agent that reasons, 0 to 1, from what it says. Default 1. */
  quality?(found: unknown): number;
  /**
   * Does the work and returns what it found out, as plain JSON data. May run more than once for the
   * same task, also at the same time on two nodes, so its effects must be safe to repeat. An error
   * it throws ends the attempt; an error with a `code`, `retryable` and `details` says more.
   */
  run(input: Input, job: Job): Promise<unknown>;
}

/** Declares a tool; the input type follows from its schema. */
export function defineTool<Input>(tool: Tool<Input>): Tool<Input> {
  return tool;
}
