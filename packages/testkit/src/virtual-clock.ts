import type { Cancel, Clock } from "@troupe/actor";

interface Scheduled {
  readonly due: number;
  readonly order: number;
  readonly callback: () => void;
}

/** How many turns of the event loop pending promises get between two timers. */
const settlingTurns = 4;

/**
 * Time that stands still until a test moves it.
 *
 * Timers run in the order they are due; between two of them everything that waits on promises gets
 * to run, so that what a timer caused has happened before the next one.
 */
export class VirtualClock implements Clock {
  readonly #origin: number;
  #elapsed = 0;
  #order = 0;
  #scheduled: Scheduled[] = [];

  /** @param origin wall-clock time at the start, milliseconds since the epoch */
  constructor(origin = Date.UTC(2026, 0, 1)) {
    this.#origin = origin;
  }

  now(): number {
    return this.#origin + this.#elapsed;
  }

  monotonic(): number {
    return this.#elapsed;
  }

  schedule(delayMs: number, callback: () => void): Cancel {
    this.#order += 1;
    const entry = { due: this.#elapsed + Math.max(0, delayMs), order: this.#order, callback };
    const at = this.#scheduled.findIndex(
      (other) => other.due > entry.due || (other.due === entry.due && other.order > entry.order),
    );
    this.#scheduled.splice(at === -1 ? this.#scheduled.length : at, 0, entry);
    return () => {
      this.#scheduled = this.#scheduled.filter((other) => other !== entry);
    };
  }

  /** Moves time forward, running what becomes due. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await settled();
    for (;;) {
      const next = this.#scheduled[0];
      if (next === undefined || next.due > until) break;
      this.#scheduled.shift();
      this.#elapsed = Math.max(this.#elapsed, next.due);
      next.callback();
      await settled();
    }
    this.#elapsed = until;
  }
}

/** Resolves when everything that can run without time passing has run. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < settlingTurns; turn += 1) {
    await new Promise<void>((resolve) => setImmediate(resolve));
  }
}
