import type { ModelConfig } from "./config.ts";
import type { ReasonerLimits, ReasonerUsage } from "./reasoner.ts";

/** Bytes of text that make one token at least, on average, in the languages and formats we send. */
const bytesPerToken = 3;

/** What is set aside for one call until it is known what it took. */
interface Reservation {
  readonly tokens: number;
  /** By the configured prices; absent without them. */
  readonly cost?: number;
}

/** A call that may not be made any more. */
export interface Exhausted {
  readonly name: "maxCalls" | "maxTokens";
  readonly allowed: number;
  readonly needed: number;
  readonly remedy: string;
}

/**
 * What one proposal may spend and has spent.
 *
 * Each call is paid in advance, with what it takes at most; afterwards it costs what the server
 * counted, or stays as it was where the server did not count, because it may have worked all the same.
 */
export class Budget {
  readonly #limits: ReasonerLimits;
  readonly #prices: ModelConfig["prices"];
  #calls = 0;
  #repairs = 0;
  #spentTokens = 0;
  #inputTokens = 0;
  #outputTokens = 0;
  #model: string;

  constructor(limits: ReasonerLimits, { model, prices }: Pick<ModelConfig, "model" | "prices">) {
    this.#limits = limits;
    this.#prices = prices;
    this.#model = model;
  }

  /** Sets aside what a call takes at most, or says which limit forbids it. */
  reserve(promptBytes: number): Reservation | Exhausted {
    const { maxCalls, maxTokens, maxOutputTokens } = this.#limits;
    if (this.#calls >= maxCalls) {
      const remedy = "raise it, or ask for less";
      return { name: "maxCalls", allowed: maxCalls, needed: this.#calls + 1, remedy };
    }
    const inputTokens = Math.ceil(promptBytes / bytesPerToken);
    const tokens = inputTokens + maxOutputTokens;
    const needed = this.#spentTokens + tokens;
    if (maxTokens !== undefined && needed > maxTokens) {
      const remedy = "raise it, or lower maxOutputTokens";
      return { name: "maxTokens", allowed: maxTokens, needed, remedy };
    }
    this.#calls += 1;
    this.#spentTokens = needed;
    return { tokens, ...this.priceOf(inputTokens, maxOutputTokens) };
  }

  /** What so many tokens cost; nothing is said without prices. */
  priceOf(inputTokens: number, outputTokens: number): { readonly cost?: number } {
    if (this.#prices === undefined) return {};
    const { input, output } = this.#prices;
    return { cost: (inputTokens * input + outputTokens * output) / 1_000_000 };
  }

  /** Settles a call by what its server counted. Without counts it costs what was set aside. */
  settle(
    { tokens }: Reservation,
    counted: {
      readonly inputTokens?: number;
      readonly outputTokens?: number;
      readonly model?: string;
    },
  ): void {
    const { inputTokens, outputTokens, model } = counted;
    if (model !== undefined) this.#model = model;
    if (inputTokens === undefined && outputTokens === undefined) return;
    this.#inputTokens += inputTokens ?? 0;
    this.#outputTokens += outputTokens ?? 0;
    this.#spentTokens += (inputTokens ?? 0) + (outputTokens ?? 0) - tokens;
  }

  repaired(): void {
    this.#repairs += 1;
  }

  get usage(): ReasonerUsage {
    return {
      inputTokens: this.#inputTokens,
      outputTokens: this.#outputTokens,
      calls: this.#calls,
      repairs: this.#repairs,
      model: this.#model,
      ...this.priceOf(this.#inputTokens, this.#outputTokens),
    };
  }
}
