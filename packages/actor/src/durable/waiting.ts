import type { Clock } from "../ports/clock.ts";

/** Resolves after `ms` milliseconds, or at once when `signal` is aborted. */
export function pause(clock: Clock, ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = (): void => {
      cancel();
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = clock.schedule(ms, wake);
    signal.addEventListener("abort", wake);
  });
}

/** Resolves at the next change of what is observed, or when `signal` is aborted. */
export function untilChanged(
  observed: { observe(listener: () => void): () => void },
  signal: AbortSignal,
): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const wake = (): void => {
      cancel();
      signal.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = observed.observe(wake);
    signal.addEventListener("abort", wake);
  });
}
