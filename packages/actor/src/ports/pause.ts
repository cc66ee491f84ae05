import type { Clock } from "./clock.ts";

/** Resolves after `ms` milliseconds of the clock, or as soon as `signal` is aborted. */
export function pause(clock: Clock, ms: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal?.aborted === true) return resolve();
    const wake = (): void => {
      cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = clock.schedule(ms, wake);
    signal?.addEventListener("abort", wake);
  });
}
