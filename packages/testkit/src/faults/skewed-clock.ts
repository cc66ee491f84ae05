import type { Clock } from "@troupe/actor";

interface Skew {
  /** How far the wall clock is ahead of the true time, milliseconds. Default 0. */
  readonly skewMs?: number;
  /** How much too fast the clock runs, as a share: 0.01 gains ten seconds in a thousand. Default 0. */
  readonly drift?: number;
}

/** One node's view of time: ahead or behind, and too fast or too slow. */
export function skewedClock(clock: Clock, { skewMs = 0, drift = 0 }: Skew): Clock {
  const rate = 1 + drift;
  const began = clock.monotonic();
  const origin = clock.now() + skewMs;
  const elapsed = (): number => (clock.monotonic() - began) * rate;
  return {
    now: () => Math.floor(origin + elapsed()),
    monotonic: () => began + elapsed(),
    // Whole milliseconds add up exactly, so that equal times stay equal; up, as no timer is early.
    schedule: (delayMs, callback) => clock.schedule(Math.ceil(delayMs / rate), callback),
  };
}
