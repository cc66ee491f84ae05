import type { IdGenerator } from "@opentelemetry/sdk-trace";
import type { Random, TraceContext } from "@troupe/actor";

/** Hands out the identity that a span is to have, and random ones otherwise. */
export class ChosenIds implements IdGenerator {
  readonly #random: Random;
  #chosen: TraceContext | undefined;

  constructor(random: Random) {
    this.#random = random;
  }

  /** Runs `start`, which must begin a span synchronously, so that it gets the ids of `identity`. */
  during<T>(identity: TraceContext | undefined, start: () => T): T {
    this.#chosen = identity;
    try {
      return start();
    } finally {
      this.#chosen = undefined;
    }
  }

  generateTraceId(): string {
    return this.#chosen?.traceId ?? this.#random.hex(16);
  }

  generateSpanId(): string {
    return this.#chosen?.spanId ?? this.#random.hex(8);
  }
}
