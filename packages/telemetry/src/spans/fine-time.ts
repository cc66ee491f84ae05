import type { Clock } from "@troupe/actor";

/** What a wall clock that counts whole milliseconds leaves open. */
const resolutionMs = 1;

/**
 * Wall-clock time with fractions of a millisecond, from a wall clock that may have none.
 *
 * Each reading of the wall clock says that monotonic time plus some offset lies in
 * `[reading, reading + 1 ms)`; the greatest lower bound seen is the best known offset. A wall clock
 * that was set to another time breaks these bounds, which starts them anew.
 */
export class FineTime {
  readonly #clock: Clock;
  #offset: number;

  constructor(clock: Clock) {
    this.#clock = clock;
    this.#offset = clock.now() - clock.monotonic();
  }

  /** Milliseconds since the epoch. */
  now(): number {
    const monotonic = this.#clock.monotonic();
    const bound = this.#clock.now() - monotonic;
    if (bound > this.#offset || bound < this.#offset - resolutionMs) this.#offset = bound;
    return this.#offset + monotonic;
  }
}
