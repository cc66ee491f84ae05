import type { Clock } from "@troupe/actor";
import { InterruptedError } from "./errors.ts";
import type { Io } from "./io.ts";

/**
 * The promise, unless somebody interrupts first.
 *
 * @throws InterruptedError
 */
export function unlessInterrupted<T>(io: Io, promise: Promise<T>): Promise<T> {
  const { interrupted } = io;
  return new Promise((resolve, reject) => {
    const stop = (): void => reject(new InterruptedError());
    if (interrupted.aborted) stop();
    interrupted.addEventListener("abort", stop);
    promise.then(resolve, reject).finally(() => interrupted.removeEventListener("abort", stop));
  });
}

/** The promise, unless it takes longer than `waitMs`: then it fails with what `late` makes. */
export function within<T>(
  clock: Clock,
  waitMs: number,
  promise: Promise<T>,
  late: () => Error,
): Promise<T> {
  return new Promise((resolve, reject) => {
    const cancel = clock.schedule(waitMs, () => reject(late()));
    promise.then(resolve, reject).finally(cancel);
  });
}
