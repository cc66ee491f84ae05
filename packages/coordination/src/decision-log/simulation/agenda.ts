interface Due {
  readonly at: number;
  readonly happen: () => void;
}

/** What will happen when, in virtual time. Things of one moment happen in the order they were planned. */
export class Agenda {
  readonly #planned: Due[] = [];
  #now = 0;

  /** Virtual milliseconds since the start. */
  get now(): number {
    return this.#now;
  }

  after(delayMs: number, happen: () => void): void {
    const at = this.#now + Math.max(0, delayMs);
    let low = 0;
    let high = this.#planned.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      if ((this.#planned[middle]?.at ?? 0) <= at) low = middle + 1;
      else high = middle;
    }
    this.#planned.splice(low, 0, { at, happen });
  }

  /** Lets time pass up to a moment. Returns in how many events, at most `limit`. */
  run(until: number, limit: number): number {
    let events = 0;
    for (;;) {
      const next = this.#planned[0];
      if (next === undefined || next.at > until || events >= limit) break;
      this.#planned.shift();
      this.#now = next.at;
      next.happen();
      events += 1;
    }
    this.#now = Math.max(this.#now, until);
    return events;
  }
}
