import type { Clock } from "../ports/clock.ts";

/**
 * Remembers what has arrived, so that a copy that the network made is not handled again: for at
 * least `windowMs`, or the latest `capacity` messages if that is less.
 */
export class Seen<V> {
  readonly #clock: Clock;
  readonly #windowMs: number;
  readonly #capacity: number;
  #recent = new Map<string, V>();
  #older = new Map<string, V>();
  #turnedAt: number;

  constructor(clock: Clock, windowMs: number, capacity: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
    this.#capacity = capacity;
    this.#turnedAt = clock.monotonic();
  }

  /** What was remembered for the id, or else what `make` gives, remembered from now on. */
  once(id: string, make: () => V): { readonly value: V; readonly first: boolean } {
    this.#turn();
    const known = this.#recent.get(id) ?? this.#older.get(id);
    if (known !== undefined) return { value: known, first: false };
    const value = make();
    this.#recent.set(id, value);
    return { value, first: true };
  }

  #turn(): void {
    const now = this.#clock.monotonic();
    if (now - this.#turnedAt < this.#windowMs && this.#recent.size < this.#capacity) return;
    const idle = now - this.#turnedAt >= 2 * this.#windowMs;
    this.#older = idle ? new Map() : this.#recent;
    this.#recent = new Map();
    this.#turnedAt = now;
  }
}
