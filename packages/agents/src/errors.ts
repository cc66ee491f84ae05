import { TroupeError } from "@troupe/actor";
import type { AnswerIssue, ReasonerUsage } from "./reasoner/reasoner.ts";
import type { Spent, Stop } from "./trail/trail-records.ts";

/** The code by which the coordinator of a goal knows that an agent waits for a person. */
export const approvalNeeded = "approval-needed";

/** A model that was configured wrongly. Values are not shown: one of them is a key. */
export class InvalidModelConfigError extends TroupeError {
  readonly code = "invalid-model-config";
  readonly retryable = false;
  readonly issues: readonly AnswerIssue[];
  constructor(issues: readonly AnswerIssue[]) {
    const list = issues.map(({ path, message }) => `${path} ${message}`);
    super(`the model cannot be used as it is configured: ${list.join("; ")}`);
    this.issues = issues;
  }
}

/** A proposal that came to nothing. `details` says what was spent on it. */
export abstract class ReasonerError extends TroupeError {
  readonly purpose: string;
  readonly details: { readonly usage: ReasonerUsage };
  constructor(purpose: string, usage: ReasonerUsage, why: string, options?: ErrorOptions) {
    super(`the model '${usage.model}' was asked to ${purpose}: ${why}`, options);
    this.purpose = purpose;
    this.details = { usage };
  }
}

/** What may be spent is spent. The cause, if any, is what made another call necessary. */
export class LimitError extends ReasonerError {
  readonly code = "reasoner-limit";
  readonly retryable = false;
  readonly limit: "maxCalls" | "maxTokens" | "prompt";
  readonly allowed: number;
  readonly needed: number;
  constructor(
    purpose: string,
    usage: ReasonerUsage,
    limit: { name: LimitError["limit"]; allowed: number; needed: number; remedy: string },
    options?: ErrorOptions,
  ) {
    const { name, allowed, needed, remedy } = limit;
    super(
      purpose,
      usage,
      `${needed} exceeds the limit '${name}' of ${allowed}: ${remedy}`,
      options,
    );
    this.limit = name;
    this.allowed = allowed;
    this.needed = needed;
  }
}

/** An answer that could not be used, and why. */
export interface FailedAnswer {
  /** 0 for the first answer. */
  readonly repair: number;
  readonly issues: readonly AnswerIssue[];
}

/** No answer could be used, repaired ones neither. */
export class UnusableAnswerError extends ReasonerError {
  readonly code = "unusable-answer";
  readonly retryable = false;
  /** What was wrong each time, in order. */
  readonly answers: readonly FailedAnswer[];
  constructor(purpose: string, usage: ReasonerUsage, answers: readonly FailedAnswer[]) {
    const last = answers.at(-1)?.issues ?? [];
    const list = last.map(({ path, message }) => (path === "" ? message : `${path}: ${message}`));
    const why = `none of ${answers.length} answers could be used; the last: ${list.join("; ")}`;
    super(purpose, usage, why);
    this.answers = answers;
  }
}

/** The model declined to answer, or a filter of its server did. */
export class RefusedAnswerError extends ReasonerError {
  readonly code = "model-refused";
  readonly retryable = false;
  constructor(purpose: string, usage: ReasonerUsage, said: string) {
    const words = said === "" ? "" : `: ${JSON.stringify(said)}`;
    super(purpose, usage, `it refused${words}; say otherwise what is wanted, or use another model`);
  }
}

/** The answer was longer than allowed, so that its end is missing. */
export class TruncatedAnswerError extends ReasonerError {
  readonly code = "model-truncated";
  readonly retryable = false;
  constructor(purpose: string, usage: ReasonerUsage, maxOutputTokens: number) {
    const why = `the answer was cut off: ask for less, or raise maxOutputTokens, which is ${maxOutputTokens}, or the model's context`;
    super(purpose, usage, why);
  }
}

/** The server sent more than such an answer can take, and was cut off. */
export class OversizedAnswerError extends ReasonerError {
  readonly code = "model-oversized";
  readonly retryable = false;
  constructor(purpose: string, usage: ReasonerUsage, limitBytes: number) {
    const why = `it went on after ${limitBytes} bytes and was cut off: its server ignores maxOutputTokens`;
    super(purpose, usage, why);
  }
}

/** The answer did not end in time. */
export class ModelTimeoutError extends ReasonerError {
  readonly code = "model-timeout";
  readonly retryable = true;
  constructor(purpose: string, usage: ReasonerUsage, timeoutMs: number) {
    super(
      purpose,
      usage,
      `no complete answer within ${timeoutMs} ms: try again, or raise timeoutMs`,
    );
  }
}

/** The model's server is overloaded, broken or out of reach. */
export class ModelUnavailableError extends ReasonerError {
  readonly code = "model-unavailable";
  readonly retryable = true;
  /** HTTP status, if there was an answer. */
  readonly status: number | undefined;
  /** How long the server asks to be left alone, milliseconds, if it says so. */
  readonly retryAfterMs: number | undefined;
  constructor(
    purpose: string,
    usage: ReasonerUsage,
    failure: {
      readonly status?: number | undefined;
      readonly retryAfterMs?: number | undefined;
      readonly detail: string;
    },
  ) {
    const { status, retryAfterMs, detail } = failure;
    const after = retryAfterMs === undefined ? "later" : `in ${retryAfterMs} ms`;
    const code = status === undefined ? "" : ` with status ${status}`;
    super(purpose, usage, `its server failed${code}: ${detail}; try again ${after}`);
    this.status = status;
    this.retryAfterMs = retryAfterMs;
  }
}

/** The model's server does not take the request: the key, the name or the address is wrong. */
export class ModelRejectedError extends ReasonerError {
  readonly code = "model-rejected";
  readonly retryable = false;
  readonly status: number;
  constructor(purpose: string, usage: ReasonerUsage, status: number, detail: string) {
    const why = `its server rejects the request with status ${status}: ${detail}; check TROUPE_MODEL_URL, TROUPE_MODEL and TROUPE_MODEL_KEY, and set TROUPE_MODEL_FORMAT=text if it does not know JSON schemas`;
    super(purpose, usage, why);
    this.status = status;
  }
}

/** A run of an agent may not pay for another call: its limits, or those of the agents above, forbid it. */
export class PurseEmptyError extends TroupeError {
  readonly code = "agent-limit";
  readonly retryable = false;
  readonly limit: string;
  readonly allowed: number;
  readonly needed: number;
  constructor(limit: string, allowed: number, needed: number) {
    const remedy = Number.isFinite(needed)
      ? "raise it, or ask for less"
      : "set TROUPE_MODEL_INPUT_PRICE and TROUPE_MODEL_OUTPUT_PRICE, or leave it out";
    super(`${needed} exceeds the agent's limit '${limit}' of ${allowed}: ${remedy}`);
    this.limit = limit;
    this.allowed = allowed;
    this.needed = needed;
  }
}

/** A run of an agent that has ended without a result, for good: asked again it ends the same way, without a call. */
export class AgentStoppedError extends TroupeError {
  readonly code: Stop["code"];
  readonly retryable = false;
  readonly details: {
    readonly limit?: string | undefined;
    readonly spent: Spent;
    readonly steps: number;
  };
  constructor(agent: string, stop: Stop, spent: Spent, steps: number) {
    super(`the agent '${agent}' stopped after ${steps} steps: ${stop.message}`);
    this.code = stop.code;
    this.details = { limit: stop.limit, spent, steps };
  }
}

/** An agent may only go on once a person has answered. Not a failure: the run is kept, and goes on then. */
export class ApprovalNeededError extends TroupeError {
  readonly code = approvalNeeded;
  readonly retryable = false;
  readonly details: { readonly question: string };
  constructor(agent: string, question: string) {
    super(`the agent '${agent}' asks: ${question}`);
    this.details = { question };
  }
}

/** An agent whose run was taken up by another life of it: whoever is tried again takes it up in turn. */
export class AgentElsewhereError extends TroupeError {
  readonly code = "agent-elsewhere";
  readonly retryable = true;
  constructor(agent: string, options: ErrorOptions) {
    super(
      `the agent '${agent}' was taken up elsewhere: its run goes on there, or when it is tried again`,
      options,
    );
  }
}

/** Rules that have nothing to say. */
export class UndecidedError extends TroupeError {
  readonly code = "undecided";
  readonly retryable = false;
}

/** An agent that is to ask a model, on a node that has none. */
export class NoMindError extends TroupeError {
  readonly code = "no-model";
  readonly retryable = false;
  constructor(agent: string) {
    super(
      `the agent '${agent}' asks a model, and this node has none: set TROUPE_MODEL_PROVIDER, TROUPE_MODEL and TROUPE_MODEL_URL, or give it rules`,
    );
  }
}

/** An agent that was declared wrongly. */
export class InvalidAgentError extends TroupeError {
  readonly code = "invalid-agent";
  readonly retryable = false;
  constructor(agent: string, why: string) {
    super(`the agent '${agent}' cannot be used: ${why}`);
  }
}

/** A server of tools that cannot be reached, or does not do what was asked of it. */
export class McpError extends TroupeError {
  readonly code = "mcp-failed";
  readonly retryable: boolean;
  readonly server: string;
  constructor(server: string, why: string, retryable: boolean, options?: ErrorOptions) {
    super(`the MCP server '${server}': ${why}`, options);
    this.server = server;
    this.retryable = retryable;
  }
}
