import type { Cancel, Clock, Log } from "@troupe/actor";

/** Losses are reported at once, and then at most once in this time, milliseconds. */
const periodMs = 10_000;

/** Counts spans that did not reach a sink and says so, but not for every single one. */
export class LossReport {
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #sink: string;
  #total = 0;
  #unreported = 0;
  #error: Error | undefined;
  #period: Cancel | undefined;

  constructor(sink: string, clock: Clock, log: Log) {
    this.#sink = sink;
    this.#clock = clock;
    this.#log = log;
  }

  /** Spans lost so far. */
  get total(): number {
    return this.#total;
  }

  /** @param error what the sink failed with; without it the queue was full */
  lost(spans: number, error?: Error): void {
    this.#total += spans;
    this.#unreported += spans;
    this.#error = error ?? this.#error;
    if (this.#period === undefined) this.#say();
  }

  /** Says what is still unsaid. */
  close(): void {
    this.#period?.();
    this.#period = undefined;
    if (this.#unreported > 0) this.#write();
  }

  #say(): void {
    this.#write();
    this.#period = this.#clock.schedule(periodMs, () => {
      this.#period = undefined;
      if (this.#unreported > 0) this.#say();
    });
  }

  #write(): void {
    const error = this.#error;
    const why = error === undefined ? "its queue is full" : "it failed";
    this.#log("warn", `spans did not reach the ${this.#sink} and are lost: ${why}`, {
      spans: this.#unreported,
      total: this.#total,
      ...(error === undefined ? {} : { error }),
    });
    this.#unreported = 0;
    this.#error = undefined;
  }
}
