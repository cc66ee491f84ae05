import type { Cancel, Clock } from "../ports/clock.ts";

/** Pings within one limit. */
const pingsPerLimit = 8;

export interface HangWatchOptions {
  readonly clock: Clock;
  /** Silence allowed at first, milliseconds. */
  readonly limitMs: number;
  readonly ping: () => void;
  /** Whether there was another sign of life since this was last asked. */
  readonly stirred: () => boolean;
  /** Called once, with the limit that was passed. */
  readonly hung: (limitMs: number) => void;
}

/**
 * Decides from its silence that a thread hangs.
 *
 * Silence is counted in pings that were sent and not answered, not in time passed: when the watching
 * thread itself was blocked or the machine slept, one late ping counts as one.
 */
export class HangWatch {
  readonly #options: HangWatchOptions;
  #limitMs: number;
  #unanswered = 0;
  #cancel: Cancel = () => {};

  constructor(options: HangWatchOptions) {
    this.#options = options;
    this.#limitMs = options.limitMs;
    this.#arm();
  }

  /** The thread has given a sign of life. */
  heard(): void {
    this.#unanswered = 0;
  }

  /** Another limit holds from now on. */
  allow(limitMs: number): void {
    this.#limitMs = limitMs;
    this.#unanswered = 0;
    this.#cancel();
    this.#arm();
  }

  stop(): void {
    this.#cancel();
  }

  #arm(): void {
    const { clock, ping, stirred, hung } = this.#options;
    ping();
    this.#cancel = clock.schedule(this.#limitMs / pingsPerLimit, () => {
      this.#unanswered = stirred() ? 0 : this.#unanswered + 1;
      if (this.#unanswered >= pingsPerLimit) hung(this.#limitMs);
      else this.#arm();
    });
  }
}
