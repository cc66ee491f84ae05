/** Stops a scheduled callback from running. Calling it again, or after the callback ran, does nothing. */
export type Cancel = () => void;

/**
 * The only source of time. Real time in production, virtual time in tests and simulations.
 *
 * Wall-clock time (`now`) is for records and deadlines that cross processes; durations are measured
 * with `monotonic`, which never goes back.
 */
export interface Clock {
  /** Milliseconds since the Unix epoch. */
  now(): number;
  /** Milliseconds since an arbitrary origin; never decreases. */
  monotonic(): number;
  /** Runs `callback` once, `delayMs` from now (0 or less: on the next turn). */
  schedule(delayMs: number, callback: () => void): Cancel;
}
