import type { Cancel, Clock } from "@troupe/actor";

/** How long a worker may be silent, and how often it is told again meanwhile. */
interface RemindersOptions {
  readonly clock: Clock;
  readonly patienceMs: number;
  readonly recalls: number;
}

/** Waits for the workers of several assignments, by the assignments' ids. */
export class Reminders {
  readonly #options: RemindersOptions;
  readonly #timers = new Map<string, readonly Cancel[]>();

  constructor(options: RemindersOptions) {
    this.#options = options;
  }

  /** Has `again` called at even distances while the patience lasts, and then `over`. */
  wait(id: string, again: () => void, over: () => void): void {
    const { clock, patienceMs, recalls } = this.#options;
    const reminders = Array.from({ length: recalls }, (_, at) =>
      clock.schedule((patienceMs * (at + 1)) / (recalls + 1), again),
    );
    this.#timers.set(id, [...reminders, clock.schedule(patienceMs, over)]);
  }

  /** Waits for this one no more. */
  cancel(id: string): void {
    for (const cancel of this.#timers.get(id) ?? []) cancel();
    this.#timers.delete(id);
  }

  /** Waits for nobody any more. */
  cancelAll(): void {
    for (const id of [...this.#timers.keys()]) this.cancel(id);
  }
}
