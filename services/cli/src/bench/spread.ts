/** How measured times lie, milliseconds. */
export interface Spread {
  readonly p50: number;
  readonly p95: number;
  readonly p99: number;
  readonly max: number;
}

/**
 * How times lie: of each share the smallest measured time that so many are not above.
 *
 * @param times milliseconds, in any order; at least one
 */
export function spreadOf(times: readonly number[]): Spread {
  const ascending = times.toSorted((one, other) => one - other);
  const at = (share: number): number =>
    ascending[Math.max(0, Math.ceil(share * ascending.length) - 1)] ?? Number.NaN;
  return { p50: at(0.5), p95: at(0.95), p99: at(0.99), max: at(1) };
}
