import type { TraceContext } from "@troupe/actor";
import type { AgentLimits } from "../limits/agent-limits.ts";
import type { Payer } from "../limits/purse.ts";
import type { AnswerIssue } from "../reasoner/reasoner.ts";
import type { Decision, Step } from "./step.ts";

/** An action as a mind is told of it. */
export interface ActionNotice {
  readonly name: string;
  readonly purpose: string;
  /** Its input as JSON schema. */
  readonly input: unknown;
}

/** What a mind decides by. */
export interface Situation {
  /** What is to be reached, written by the agent's author: trusted. */
  readonly instructions: string;
  /** What the agent was given, JSON data: never trusted. */
  readonly input: unknown;
  /** Those that experience says to leave for last stand last. */
  readonly actions: readonly ActionNotice[];
  readonly steps: readonly Step[];
  /** By the limit, or by what such tasks took before; the limit alone holds. */
  readonly stepsLeft: number;
  /** What experience and whoever watches the run have to say. */
  readonly advice: readonly string[];
  /** Actions to do only when nothing else is left: experience speaks against them. To be heeded by the mind. */
  readonly last: ReadonlySet<string>;
  /** Actions with inputs that are refused, as `deedOf` names them. */
  readonly banned: ReadonlySet<string>;
}

/** Within what a mind decides: what is refused, who pays, and what ends it. */
export interface DecideOptions {
  /** What is wrong with a decision; nothing when it may be carried out. */
  readonly check: (decision: Decision) => readonly AnswerIssue[];
  readonly signal: AbortSignal;
  readonly payer: Payer;
  readonly limits: AgentLimits;
  readonly parent: TraceContext;
}

/** What decides an agent's next step: rules over what it has seen, or a model. */
export interface Mind {
  readonly name: string;
  /**
   * @returns the next step, and for the trail which model was asked, if one was
   * @throws UndecidedError or ReasonerError when it has no decision that passes the check
   */
  decide(
    situation: Situation,
    options: DecideOptions,
  ): Promise<Decision & { readonly model?: string }>;
}
