import type { Cancel, Clock } from "@troupe/actor";

interface Scheduled {
  readonly due: number;
  readonly callback: () => void;
  cancelled: boolean;
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
  /** By time due, those of one moment in the order they were scheduled. */
  readonly #scheduled: Scheduled[] = [];

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
    const entry = { due: this.#elapsed + Math.max(0, delayMs), callback, cancelled: false };
    this.#scheduled.splice(this.#placeOf(entry.due), 0, entry);
    return () => {
      entry.cancelled = true;
    };
  }

  /** Moves time forward, running what becomes due. */
  async advance(ms: number): Promise<void> {
    const until = this.#elapsed + ms;
    await settled();
    while (await this.step(until)) {}
    this.#elapsed = Math.max(this.#elapsed, until);
  }

  /**
   * Moves time to the next timer and runs it, and then all that waits on promises.
   *
   * @param until monotonic time; a timer due later is left alone
   * @returns whether there was one
   */
  async step(until = Number.POSITIVE_INFINITY): Promise<boolean> {
    while (this.#scheduled[0]?.cancelled === true) this.#scheduled.shift();
    const next = this.#scheduled[0];
    if (next === undefined || next.due > until) return false;
    this.#scheduled.shift();
    this.#elapsed = Math.max(this.#elapsed, next.due);
    next.callback();
    await settled();
    return true;
  }

  /** Where a timer belongs: behind all that are due by then. */
  #placeOf(due: number): number {
    let low = 0;
    let high = this.#scheduled.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#scheduled[middle]?.due ?? 0) <= due) low = middle + 1;
      else high = middle;
    }
    return low;
  }
}

/** Resolves when everything that can run without time passing has run. */
export function settled(): Promise<void> {
  return new Promise((resolve) => {
    let left = settlingTurns;
    // Turns that follow one another without a promise in between: half the time of a simulation's steps.
    const turn = (): void => {
      left -= 1;
      setImmediate(left === 0 ? resolve : turn);
    };
    turn();
  });
}
