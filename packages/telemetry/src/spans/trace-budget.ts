/** How many seconds' worth of traces may begin at once. */
const burstSeconds = 10;

/** What is left of a budget at one moment, by a clock that does not go back. */
export interface TraceBudget {
  /** Traces that may begin now; a fraction is on its way to the next one. */
  readonly left: number;
  /** Milliseconds. */
  readonly at: number;
}

/**
 * Whether one more trace may begin: a token bucket, as in Jaeger's rate-limiting sampler. It holds ten seconds'
 * worth, but at least one trace if any may begin at all, and is full at first.
 *
 * @param budget what was left the last time; undefined at first
 * @param perSecond traces that are given back a second; 0: none ever begins, Infinity: all do
 * @param now milliseconds by the clock of `budget.at`
 */
export function spend(
  budget: TraceBudget | undefined,
  perSecond: number,
  now: number,
): { readonly begins: boolean; readonly budget: TraceBudget } {
  const most = perSecond > 0 ? Math.max(1, perSecond * burstSeconds) : 0;
  const since = budget === undefined ? Number.POSITIVE_INFINITY : now - budget.at;
  const earned = since > 0 && perSecond > 0 ? (since / 1000) * perSecond : 0;
  const left = Math.min(most, (budget?.left ?? 0) + earned);
  const begins = left >= 1;
  return { begins, budget: { left: begins ? left - 1 : left, at: now } };
}
