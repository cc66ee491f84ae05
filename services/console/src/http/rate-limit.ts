import type { Clock } from "@troupe/actor";

/** Most callers remembered; the one that was not heard of for longest makes room. */
const callerLimit = 10_000;

export interface RateLimitOptions {
  /** Calls that may be made at once. */
  readonly burst: number;
  /** Calls that are given back a second. */
  readonly perSecond: number;
  readonly clock: Clock;
}

/** A bucket of calls for each caller, which fills again with time (token bucket). */
export class RateLimit {
  readonly #options: RateLimitOptions;
  readonly #callers = new Map<string, { left: number; at: number }>();

  constructor(options: RateLimitOptions) {
    this.#options = options;
  }

  /** @returns 0 when a call may be made, else seconds until one may; nothing is counted */
  wait(caller: string): number {
    const left = this.#left(caller);
    return left >= 1 ? 0 : (1 - left) / this.#options.perSecond;
  }

  /** Makes a call. @returns 0 when it may be made, else seconds until one may */
  take(caller: string): number {
    const { perSecond, clock } = this.#options;
    const left = this.#left(caller);
    this.#callers.delete(caller);
    this.#callers.set(caller, { left: left >= 1 ? left - 1 : left, at: clock.monotonic() });
    if (this.#callers.size > callerLimit) {
      const [oldest] = this.#callers.keys();
      if (oldest !== undefined) this.#callers.delete(oldest);
    }
    return left >= 1 ? 0 : (1 - left) / perSecond;
  }

  #left(caller: string): number {
    const { burst, perSecond, clock } = this.#options;
    const now = clock.monotonic();
    const known = this.#callers.get(caller) ?? { left: burst, at: now };
    return Math.min(burst, known.left + ((now - known.at) / 1000) * perSecond);
  }
}
