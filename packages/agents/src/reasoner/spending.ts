import type { Counter, Histogram, Meter } from "@troupe/actor";
import type { CallOutcome } from "./call.ts";
import type { ModelConfig } from "./config.ts";

/** Upper bounds of tokens per call, as the semantic conventions give them. */
const tokenBoundaries = [
  1, 4, 16, 64, 256, 1024, 4096, 16_384, 65_536, 262_144, 1_048_576, 4_194_304, 16_777_216,
  67_108_864,
];

/** Measures what a model is asked and costs, by OpenTelemetry's conventions for generative AI. */
export class Spending {
  readonly #config: ModelConfig;
  readonly #tokens: Histogram;
  readonly #duration: Histogram;
  readonly #cost: Counter;

  constructor(meter: Meter, config: ModelConfig) {
    this.#config = config;
    this.#tokens = meter.histogram("gen_ai.client.token.usage", {
      description: "Tokens read and written by calls of the model",
      unit: "{token}",
      boundaries: tokenBoundaries,
    });
    this.#duration = meter.histogram("gen_ai.client.operation.duration", {
      description: "Time that calls of the model take",
      unit: "s",
    });
    this.#cost = meter.counter("troupe.model.cost", {
      description:
        "What calls of the model cost, in the currency of the prices that are configured",
    });
  }

  /** A call has ended after so many seconds. */
  called({ end, report: { inputTokens, outputTokens } }: CallOutcome, seconds: number): void {
    const { model, provider, prices } = this.#config;
    const about = {
      "gen_ai.operation.name": "chat",
      "gen_ai.provider.name": provider,
      "gen_ai.request.model": model,
    };
    const succeeded = end.kind === "text" || end.kind === "tool";
    this.#duration.record(seconds, succeeded ? about : { ...about, "error.type": end.kind });
    if (inputTokens !== undefined) {
      this.#tokens.record(inputTokens, { ...about, "gen_ai.token.type": "input" });
    }
    if (outputTokens !== undefined) {
      this.#tokens.record(outputTokens, { ...about, "gen_ai.token.type": "output" });
    }
    if (prices === undefined) return;
    const cost = (inputTokens ?? 0) * prices.input + (outputTokens ?? 0) * prices.output;
    this.#cost.add(cost / 1_000_000, { "gen_ai.request.model": model });
  }
}
