import { createAnthropic } from "@ai-sdk/anthropic";
import { createOpenAICompatible } from "@ai-sdk/openai-compatible";
import type { Clock } from "@troupe/actor";
import { type LanguageModel, type OutputInterface, streamText } from "ai";
import { boundedFetch } from "./bounded-fetch.ts";
import type { CallOutcome, CallReport } from "./call.ts";
import { callFailure } from "./call-failure.ts";
import type { ModelConfig } from "./config.ts";
import type { Prompt } from "./prompt.ts";
import type { ReasonerLimits } from "./reasoner.ts";

/** Most bytes that a response takes besides its tokens. */
const responseOverheadBytes = 65_536;

/** Most bytes that one token takes in a response: each is an event of its own, wrapped in JSON. */
const responseBytesPerToken = 1024;

/** What answers of both protocols are. */
const streamType = "text/event-stream";

/** Most characters of a name that the server chose. */
const nameLimit = 128;

/**
 * Calls the model once and reads its answer to the end.
 *
 * The answer is streamed, so that servers and proxies that cut off silent connections leave it alone,
 * and so that one that goes on for ever is cut off by us.
 *
 * @throws the signal's reason when it was aborted; nothing else
 */
export async function callModel(
  prompt: Prompt,
  config: ModelConfig,
  { clock, limits, signal }: { clock: Clock; limits: ReasonerLimits; signal: AbortSignal },
): Promise<CallOutcome> {
  const timeout = new AbortController();
  const cancel = clock.schedule(limits.timeoutMs, () => timeout.abort());
  const reading = new Reading(config);
  try {
    const { stream } = streamText({
      model: languageModel(config, limits.maxOutputTokens, (type) => {
        reading.mediaType = type;
      }),
      instructions: prompt.instructions,
      messages: [...prompt.messages],
      maxOutputTokens: limits.maxOutputTokens,
      // Repeats are counted and waited for by the reasoner, which knows the limits.
      maxRetries: 0,
      abortSignal: AbortSignal.any([signal, timeout.signal]),
      ...(config.format === "schema" ? { output: jsonOutput(prompt.schema) } : {}),
      providerOptions: { openaiCompatible: { strictJsonSchema: false } },
      telemetry: { isEnabled: false },
      // The default prints the error, and with it the whole request.
      onError: () => {},
    });
    for await (const part of stream) {
      switch (part.type) {
        case "text-delta":
          reading.text += part.text;
          break;
        case "tool-call":
          reading.tool ??= part.toolName;
          break;
        case "finish-step":
          reading.finish(part);
          break;
        case "error":
          reading.failure ??= callFailure(part.error, config.key, clock.now());
          break;
      }
    }
  } catch (error) {
    reading.failure ??= callFailure(error, config.key, clock.now());
  } finally {
    cancel();
  }
  signal.throwIfAborted();
  if (timeout.signal.aborted) return { end: { kind: "timeout" }, report: reading.report };
  return { end: reading.end(), report: reading.report };
}

/** What has been read of an answer. */
class Reading {
  text = "";
  tool: string | undefined;
  failure: CallOutcome["end"] | undefined;
  mediaType = "";
  report: CallReport = {};
  readonly #redact: (name: string) => string;

  constructor({ key }: ModelConfig) {
    this.#redact = (name) => (key?.redact(name) ?? name).slice(0, nameLimit);
  }

  finish(step: {
    readonly usage: {
      readonly inputTokens: number | undefined;
      readonly outputTokens: number | undefined;
    };
    readonly response: { readonly modelId: string };
    readonly finishReason: string;
  }): void {
    const { inputTokens, outputTokens } = step.usage;
    this.report = {
      ...(inputTokens === undefined ? {} : { inputTokens }),
      ...(outputTokens === undefined ? {} : { outputTokens }),
      model: this.#redact(step.response.modelId),
      finishReason: step.finishReason,
    };
  }

  end(): CallOutcome["end"] {
    if (this.failure !== undefined) return this.#explained(this.failure);
    const { finishReason } = this.report;
    if (finishReason === "content-filter") {
      return { kind: "refused", said: this.#redact(this.text.trim()) };
    }
    if (finishReason === "length") return { kind: "truncated" };
    if (this.tool !== undefined) return { kind: "tool", tool: this.#redact(this.tool) };
    if (finishReason === undefined || finishReason === "error") {
      return { kind: "unavailable", detail: "the answer has no end" };
    }
    return { kind: "text", text: this.text };
  }

  /** Whoever answers with a page instead of events is not the server that was meant. */
  #explained(failure: CallOutcome["end"]): CallOutcome["end"] {
    const isStream = ["", streamType].includes(this.mediaType);
    if (failure.kind !== "unavailable" || failure.status !== undefined || isStream) return failure;
    const type = this.#redact(this.mediaType);
    return {
      ...failure,
      detail: `it answered with '${type}' instead of '${streamType}': check TROUPE_MODEL_URL, and what is in between`,
    };
  }
}

/** The protocol's client, for one call: what it may read depends on the call's limits. */
function languageModel(
  config: ModelConfig,
  maxOutputTokens: number,
  answered: (mediaType: string) => void,
): LanguageModel {
  const limitBytes = responseOverheadBytes + responseBytesPerToken * maxOutputTokens;
  const fetch = boundedFetch(limitBytes, answered);
  const apiKey = config.key === undefined ? {} : { apiKey: config.key.reveal() };
  if (config.provider === "anthropic") {
    return createAnthropic({ baseURL: config.url, fetch, ...apiKey })(config.model);
  }
  return createOpenAICompatible({
    name: "openai-compatible",
    baseURL: config.url,
    includeUsage: true,
    supportsStructuredOutputs: true,
    fetch,
    ...apiKey,
  })(config.model);
}

/** Asks for JSON by the protocol, and leaves reading it to us. */
function jsonOutput(schema: Prompt["schema"]): OutputInterface<string, string, never> {
  return {
    name: "object",
    responseFormat: Promise.resolve({ type: "json", schema, name: "answer" }),
    parseCompleteOutput: async ({ text }) => text,
    parsePartialOutput: async () => undefined,
    createElementStreamTransform: () => undefined,
  };
}
