/** Most that timers are set earlier, and most of one timer's lateness that counts, milliseconds. */
export const longestLeadMs = 2;
/** Weight of each new timer in the mean. */
const weight = 0.03;
/** Timers take whole milliseconds, at least one: for less than half of one none is set. */
const shortestTimerMs = 0.5;

/**
 * How late the timers of a process fire on average, so that they can be set as much earlier: sleeping
 * for some time then takes that long on average. A single delay by more than {@link longestLeadMs},
 * as on a busy machine, is not made up for.
 */
export class Pace {
  #lateMs = 0;

  /** The delay to set a timer to; 0: the time has passed already. */
  delayFor(ms: number): number {
    const delay = ms - this.#lateMs;
    return delay < shortestTimerMs ? 0 : delay;
  }

  /** Takes notice of how long it really took. */
  took(wantedMs: number, tookMs: number): void {
    const late = Math.max(-longestLeadMs, Math.min(longestLeadMs, tookMs - wantedMs));
    this.#lateMs = Math.max(0, Math.min(longestLeadMs, this.#lateMs + weight * late));
  }
}
