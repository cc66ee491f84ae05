import { type Clock, ensureError, type Log } from "@troupe/actor";
import type { ResultStore } from "./result-store.ts";

type Attempt<T> =
  | { readonly ok: true; readonly value: T }
  | { readonly ok: false; readonly error: Error };

interface Guard {
  readonly store: ResultStore;
  readonly clock: Clock;
  readonly log: Log;
  /** How long one operation is waited for, milliseconds. */
  readonly limitMs: number;
  /** How long after a failure the store is left alone, milliseconds. */
  readonly restMs: number;
  /** Told of each failure. */
  readonly onFailure: () => void;
}

/** The store, made unable to fail or delay those who can do without it. */
export class GuardedStore {
  readonly #guard: Guard;
  #restsUntil = Number.NEGATIVE_INFINITY;

  constructor(guard: Guard) {
    this.#guard = guard;
  }

  /**
   * One operation, with its value or its error; an error at once while the store rests after another
   * failure. An operation given up for its time may still happen.
   */
  async attempt<T>(
    operation: string,
    action: (store: ResultStore) => Promise<T>,
  ): Promise<Attempt<T>> {
    const { clock } = this.#guard;
    if (clock.monotonic() < this.#restsUntil) {
      return { ok: false, error: new Error("the store failed a moment ago and is left alone") };
    }
    return this.insist(operation, action);
  }

  /** The same for those who cannot do without it: also while the store rests. */
  async insist<T>(
    operation: string,
    action: (store: ResultStore) => Promise<T>,
  ): Promise<Attempt<T>> {
    const { store, clock, log, limitMs, restMs, onFailure } = this.#guard;
    let cancel = (): void => {};
    const late = new Promise<never>((_, reject) => {
      cancel = clock.schedule(limitMs, () => reject(new Error(`no answer within ${limitMs} ms`)));
    });
    try {
      // Called within the promise chain, so that a store that throws at once counts the same.
      const value = await Promise.race([Promise.resolve(store).then(action), late]);
      return { ok: true, value };
    } catch (thrown) {
      const error = ensureError(thrown);
      this.#restsUntil = clock.monotonic() + restMs;
      onFailure();
      log("warn", `${operation} in the result store failed: ${error.message}`, { operation });
      return { ok: false, error };
    } finally {
      cancel();
    }
  }
}
