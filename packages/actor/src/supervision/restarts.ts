import type { RestartKind, Supervision } from "../behaviour.ts";
import type { Clock } from "../ports/clock.ts";
import type { Random } from "../ports/random.ts";
import type { SystemEvent } from "../system-api.ts";

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
  readonly rule: SupervisionRule;
  readonly #random: Random;
  readonly #failures: number[] = [];
  #total = 0;

  constructor(rule: SupervisionRule, random: Random) {
    this.rule = rule;
    this.#random = random;
  }

  /** Failures since the beginning. */
  get total(): number {
    return this.#total;
  }

  /** @param now monotonic milliseconds */
  failed(now: number): RestartVerdict {
    const { intensity, backoff } = this.rule;
    this.#total += 1;
    const failures = this.#failures;
    while (failures[0] !== undefined && now - failures[0] >= intensity.withinMs) failures.shift();
    failures.push(now);
    const restarts = failures.length;
    if (restarts > intensity.restarts) return { restart: false };
    const plain = Math.min(backoff.maxMs, backoff.minMs * 2 ** (restarts - 1));
    const spread = 1 + backoff.jitter * (this.#random.next() * 2 - 1);
    return { restart: true, delayMs: plain * spread, restarts };
  }
}

/** An actor, as its supervisor sees it. */
export interface Supervised {
  readonly address: string;
  readonly restartKind: RestartKind;
  start(): void;
  /** Ends the incarnation and waits for a start. */
  suspend(): void;
  terminate(reason: "stopped" | "failed", error?: Error): Promise<void>;
}

/**
 * Applies a supervisor's rule to one failed child: restarts it, and the siblings that share its
 * fate, after the back-off; or gives up when restarts have been too many.
 *
 * @param siblings all children of the supervisor in the order they were started, the failed one included
 */
export function superviseFailure(
  host: { readonly clock: Clock; emit(event: SystemEvent): void },
  window: RestartWindow,
  siblings: readonly Supervised[],
  child: Supervised,
  error: Error,
  giveUp: () => void,
): void {
  if (child.restartKind === "temporary") {
    void child.terminate("failed", error);
    return;
  }
  const verdict = window.failed(host.clock.monotonic());
  if (!verdict.restart) {
    void child.terminate("failed", error);
    giveUp();
    return;
  }
  const { strategy } = window.rule;
  const from = strategy === "one-for-all" ? 0 : siblings.indexOf(child);
  const affected = strategy === "one-for-one" ? [child] : siblings.slice(from);
  for (const sibling of affected.toReversed()) {
    if (sibling === child) continue;
    if (sibling.restartKind === "temporary") void sibling.terminate("stopped");
    else sibling.suspend();
  }
  const { delayMs, restarts } = verdict;
  host.emit({ kind: "restarted", actor: child.address, error, restarts, delayMs });
  const start = (): void => {
    const { total } = window;
    for (const sibling of affected) {
      sibling.start();
      // It failed while it was set up, and takes those after it along when it is started again.
      if (window.total !== total) return;
    }
  };
  if (delayMs === 0) start();
  else host.clock.schedule(delayMs, start);
}
