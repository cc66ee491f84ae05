import type { Timers } from "../behaviour.ts";
import type { Cancel, Clock } from "../ports/clock.ts";
import type { Definitions } from "../protocol.ts";

/**
 * The timers of one incarnation of an actor. A firing goes before the messages that wait, and is looked
 * at only when its handler is about to run, so that one cancelled until then never fires.
 */
export class KeyedTimers implements Timers<Definitions> {
  readonly #clock: Clock;
  /** Runs something in the actor, before any message. */
  readonly #runSoon: (run: () => void) => void;
  /** Handles a message at once, from within such a run. */
  readonly #handle: (type: string, body: unknown) => void;
  readonly #set = new Map<string, Cancel>();

  constructor(
    clock: Clock,
    runSoon: (run: () => void) => void,
    handle: (type: string, body: unknown) => void,
  ) {
    this.#clock = clock;
    this.#runSoon = runSoon;
    this.#handle = handle;
  }

  once(key: string, delayMs: number, type: string, body: unknown): void {
    this.#arm(key, delayMs, () => {
      this.#set.delete(key);
      this.#handle(type, body);
    });
  }

  every(key: string, periodMs: number, type: string, body: unknown): void {
    this.#arm(key, periodMs, () => {
      this.every(key, periodMs, type, body);
      this.#handle(type, body);
    });
  }

  cancel(key: string): void {
    this.#set.get(key)?.();
    this.#set.delete(key);
  }

  cancelAll(): void {
    for (const cancel of this.#set.values()) cancel();
    this.#set.clear();
  }

  /** Only the key's present timer fires, also when an earlier one's firing is already on its way. */
  #arm(key: string, delayMs: number, fire: () => void): void {
    this.#set.get(key)?.();
    const cancel = this.#clock.schedule(delayMs, () => {
      this.#runSoon(() => {
        if (this.#set.get(key) === cancel) fire();
      });
    });
    this.#set.set(key, cancel);
  }
}
