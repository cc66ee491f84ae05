/**
 * Lets a few in at a time, in the order they came. Queries share the engine's memory, so more of them
 * at once than there are threads would not be quicker, but might run out of it.
 */
export class Turns {
  #free: number;
  readonly #waiting: Array<() => void> = [];

  constructor(free: number) {
    this.#free = free;
  }

  take(): Promise<void> {
    if (this.#free > 0) {
      this.#free -= 1;
      return Promise.resolve();
    }
    return new Promise((resolve) => this.#waiting.push(resolve));
  }

  pass(): void {
    const next = this.#waiting.shift();
    if (next === undefined) this.#free += 1;
    else next();
  }
}
