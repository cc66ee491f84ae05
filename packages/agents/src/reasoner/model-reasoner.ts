import {
  type Clock,
  type Meter,
  noMeter,
  pause,
  type Random,
  type Span,
  type Tracer,
} from "@troupe/actor";
import {
  type FailedAnswer,
  LimitError,
  ModelRejectedError,
  ModelTimeoutError,
  ModelUnavailableError,
  OversizedAnswerError,
  type ReasonerError,
  RefusedAnswerError,
  TruncatedAnswerError,
  UnusableAnswerError,
} from "../errors.ts";
import { Budget } from "./budget.ts";
import type { CallOutcome } from "./call.ts";
import type { ModelConfig } from "./config.ts";
import { type Prompt, type Unusable, writePrompt } from "./prompt.ts";
import { readAnswer } from "./read-answer.ts";
import type {
  AnswerIssue,
  ProposeOptions,
  Reasoned,
  Reasoner,
  ReasonerRequest,
} from "./reasoner.ts";
import { Spending } from "./spending.ts";

/** Repeats of one call whose server failed; `maxCalls` may allow fewer. */
const repeatLimit = 3;

/** Wait before the first repeat when the server names none, milliseconds; doubles for each further one. */
const firstWaitMs = 500;

/** Longest wait that a server may ask for; asked for more, the proposal fails instead of waiting. */
const longestWaitMs = 30_000;

/** Most bytes of one prompt: instructions, data, schema and what is wrong. */
const promptLimitBytes = 512 * 1024;

/** What a model is called with. */
export interface ModelReasonerOptions {
  readonly config: ModelConfig;
  readonly clock: Clock;
  readonly random: Random;
  readonly tracer: Tracer;
  /** Default: nothing is measured. */
  readonly meter?: Meter;
}

/**
 * A reasoner that asks a language model, over the OpenAI chat-completions protocol or Anthropic's.
 *
 * An answer that is not JSON, has another shape or does not pass the check goes back with all that is
 * wrong with it, `limits.maxRepairs` times. A server that fails or is overloaded is asked again up to
 * three times, after as long as it wishes or half a second, one, two; a timeout is not repeated. Each
 * call is paid from the limits, and by the payer if there is one, before it is made, and is one client span by the conventions of
 * OpenTelemetry for generative AI, without prompts and answers.
 *
 * The key goes to the model's server and nowhere else. Redirects are refused.
 */
export function modelReasoner(options: ModelReasonerOptions): Reasoner {
  const spending = new Spending(options.meter ?? noMeter, options.config);
  return {
    propose: (request, proposal) => new Proposal(options, spending, request, proposal).run(),
  };
}

/** One proposal on its way. */
class Proposal<T> {
  readonly #ports: ModelReasonerOptions;
  readonly #spending: Spending;
  readonly #request: ReasonerRequest<T>;
  readonly #options: ProposeOptions;
  readonly #budget: Budget;
  readonly #failed: FailedAnswer[] = [];
  /** Repeats of the present call. */
  #repeats = 0;
  #unusable: Unusable | undefined;
  /** What made another call necessary. */
  #reason: ReasonerError | undefined;

  constructor(
    ports: ModelReasonerOptions,
    spending: Spending,
    request: ReasonerRequest<T>,
    options: ProposeOptions,
  ) {
    this.#ports = ports;
    this.#spending = spending;
    this.#request = request;
    this.#options = options;
    this.#budget = new Budget(options.limits, ports.config);
  }

  async run(): Promise<Reasoned<T>> {
    for (;;) {
      this.#options.signal.throwIfAborted();
      const { end } = await this.#call(writePrompt(this.#request, this.#unusable));
      if (end.kind === "unavailable") {
        await this.#waitFor(end);
        continue;
      }
      this.#repeats = 0;
      const read = this.#read(end);
      if (read.ok) return { answer: read.answer, usage: this.#budget.usage };
      this.#sendBack(end.kind === "text" ? end.text : "", read.issues);
    }
  }

  /** Pays for a call and makes it. */
  async #call(prompt: Prompt): Promise<CallOutcome> {
    const { signal, limits } = this.#options;
    const { clock, config } = this.#ports;
    const bytes = Buffer.byteLength(JSON.stringify(prompt));
    if (bytes > promptLimitBytes) {
      const remedy = "give it less to read";
      throw this.#limit({ name: "prompt", allowed: promptLimitBytes, needed: bytes, remedy });
    }
    const reserved = this.#budget.reserve(bytes);
    if ("remedy" in reserved) throw this.#limit(reserved);
    const grant = await this.#options.payer?.reserve(reserved);
    // The client libraries take long to load, and most nodes have no model.
    const { callModel } = await import("./call-model.ts");
    const span = this.#span();
    const begun = clock.monotonic();
    try {
      const outcome = await callModel(prompt, config, { clock, limits, signal });
      this.#spending.called(outcome, (clock.monotonic() - begun) / 1000);
      this.#budget.settle(reserved, outcome.report);
      const { inputTokens, outputTokens } = outcome.report;
      if (inputTokens !== undefined || outputTokens !== undefined) {
        const [read = 0, written = 0] = [inputTokens, outputTokens];
        grant?.settle({ tokens: read + written, ...this.#budget.priceOf(read, written) });
      }
      this.#describe(span, outcome);
      return outcome;
    } catch (error) {
      span.fail(error);
      throw error;
    } finally {
      span.end();
    }
  }

  /** The answer, or what is wrong with it. */
  #read(end: Exclude<CallOutcome["end"], { kind: "unavailable" }>) {
    if (end.kind === "text") return readAnswer(end.text, this.#request);
    if (end.kind !== "tool") throw this.#error(end);
    const message = `the answer calls the tool '${end.tool}': there are no tools, write the JSON itself`;
    return { ok: false as const, issues: [{ path: "", message }] };
  }

  #sendBack(text: string, issues: readonly AnswerIssue[]): void {
    this.#failed.push({ repair: this.#budget.usage.repairs, issues });
    const { purpose } = this.#request;
    this.#reason = new UnusableAnswerError(purpose, this.#budget.usage, [...this.#failed]);
    if (this.#failed.length > this.#options.limits.maxRepairs) throw this.#reason;
    this.#unusable = { text, issues };
    this.#budget.repaired();
  }

  /** Waits until the server may be asked again. */
  async #waitFor(end: Extract<CallOutcome["end"], { kind: "unavailable" }>): Promise<void> {
    const { clock, random } = this.#ports;
    this.#reason = this.#error(end);
    const backOff = firstWaitMs * 2 ** this.#repeats * (0.5 + random.next() / 2);
    const waitMs = end.retryAfterMs ?? backOff;
    if (this.#repeats >= repeatLimit || waitMs > longestWaitMs) throw this.#reason;
    this.#repeats += 1;
    await pause(clock, waitMs, this.#options.signal);
  }

  #error(end: Exclude<CallOutcome["end"], { kind: "text" | "tool" }>): ReasonerError {
    const { purpose } = this.#request;
    const { maxOutputTokens, timeoutMs } = this.#options.limits;
    const { usage } = this.#budget;
    switch (end.kind) {
      case "refused":
        return new RefusedAnswerError(purpose, usage, end.said);
      case "truncated":
        return new TruncatedAnswerError(purpose, usage, maxOutputTokens);
      case "oversized":
        return new OversizedAnswerError(purpose, usage, end.limitBytes);
      case "timeout":
        return new ModelTimeoutError(purpose, usage, timeoutMs);
      case "rejected":
        return new ModelRejectedError(purpose, usage, end.status, end.detail);
      case "unavailable":
        return new ModelUnavailableError(purpose, usage, end);
    }
  }

  #limit(limit: ConstructorParameters<typeof LimitError>[2]): LimitError {
    const cause = this.#reason === undefined ? {} : { cause: this.#reason };
    return new LimitError(this.#request.purpose, this.#budget.usage, limit, cause);
  }

  #span(): Span {
    const { config, tracer } = this.#ports;
    const { limits, parent } = this.#options;
    const { hostname, port, protocol } = new URL(config.url);
    return tracer.start(`chat ${config.model}`, {
      kind: "client",
      ...(parent === undefined ? {} : { parent }),
      attributes: {
        "gen_ai.operation.name": "chat",
        "gen_ai.provider.name": config.provider,
        "gen_ai.request.model": config.model,
        "gen_ai.request.max_tokens": limits.maxOutputTokens,
        "gen_ai.output.type": "json",
        "server.address": hostname,
        "server.port": port === "" ? (protocol === "https:" ? 443 : 80) : Number(port),
        "troupe.reasoner.purpose": this.#request.purpose,
        "troupe.reasoner.repair": this.#budget.usage.repairs,
      },
    });
  }

  /** Records how a call ended, by the conventions of OpenTelemetry for generative AI. */
  #describe(span: Span, { end, report }: CallOutcome): void {
    const { inputTokens, outputTokens, model, finishReason } = report;
    span.set({
      ...(model === undefined ? {} : { "gen_ai.response.model": model }),
      ...(finishReason === undefined ? {} : { "gen_ai.response.finish_reasons": [finishReason] }),
      ...(inputTokens === undefined ? {} : { "gen_ai.usage.input_tokens": inputTokens }),
      ...(outputTokens === undefined ? {} : { "gen_ai.usage.output_tokens": outputTokens }),
    });
    if (end.kind === "text" || end.kind === "tool") return;
    const status = "status" in end ? end.status : undefined;
    span.set({ "error.type": status === undefined ? end.kind : String(status) });
    span.fail(this.#error(end));
  }
}
