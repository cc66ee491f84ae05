import { performance } from "node:perf_hooks";
import type { Clock } from "./clock.ts";

/** Longest delay a Node timer can hold; longer ones are scheduled in hops. */
const longestTimerMs = 2 ** 31 - 1;

/** Real time. Timers do not keep a process alive by themselves. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  schedule(delayMs, callback) {
    const due = performance.now() + delayMs;
    let timer: NodeJS.Timeout;
    const arm = (remainingMs: number): void => {
      timer = setTimeout(
        () => {
          const left = due - performance.now();
          if (left > 1 && remainingMs > longestTimerMs) arm(left);
          else callback();
        },
        Math.min(Math.max(0, remainingMs), longestTimerMs),
      );
      timer.unref();
    };
    arm(delayMs);
    return () => clearTimeout(timer);
  },
};
