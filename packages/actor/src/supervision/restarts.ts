import type { Supervision } from "../behaviour.ts";
import type { Random } from "../ports/random.ts";

/** Supervision with every default filled in. */
export interface SupervisionRule {
  readonly strategy: NonNullable<Supervision["strategy"]>;
  readonly intensity: NonNullable<Supervision["intensity"]>;
  readonly backoff: NonNullable<Supervision["backoff"]>;
}

export function supervisionRule(options: Supervision | undefined): SupervisionRule {
  return {
    strategy: options?.strategy ?? "one-for-one",
    intensity: options?.intensity ?? { restarts: 5, withinMs: 30_000 },
    backoff: options?.backoff ?? { minMs: 100, maxMs: 10_000, jitter: 0.2 },
  };
}

/** What follows from one more failure. */
export type RestartVerdict =
  | { readonly restart: true; readonly delayMs: number; readonly restarts: number }
  | { readonly restart: false };

/**
 * Counts failures under one supervisor. Too many within the period mean that restarting does not
 * help, and the supervisor gives up (Erlang/OTP supervisor, restart intensity).
 */
export class RestartWindow {
  readonly #rule: SupervisionRule;
  readonly #random: Random;
  #failures: number[] = [];

  constructor(rule: SupervisionRule, random: Random) {
    this.#rule = rule;
    this.#random = random;
  }

  /** @param now monotonic milliseconds */
  failed(now: number): RestartVerdict {
    const { intensity, backoff } = this.#rule;
    this.#failures = this.#failures.filter((at) => now - at < intensity.withinMs);
    this.#failures.push(now);
    const restarts = this.#failures.length;
    if (restarts > intensity.restarts) return { restart: false };
    const plain = Math.min(backoff.maxMs, backoff.minMs * 2 ** (restarts - 1));
    const spread = 1 + backoff.jitter * (this.#random.next() * 2 - 1);
    return { restart: true, delayMs: plain * spread, restarts };
  }
}
