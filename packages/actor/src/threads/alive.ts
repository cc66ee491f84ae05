import { isMainThread, workerData } from "node:worker_threads";
import type { ThreadData } from "./thread-messages.ts";

const count: Int32Array | undefined = (() => {
  const alive = isMainThread
    ? undefined
    : (workerData as Partial<ThreadData> | null | undefined)?.alive;
  return alive instanceof SharedArrayBuffer ? new Int32Array(alive) : undefined;
})();

/**
 * Says that a thread actor is computing, not hanging.
 *
 * For handlers that work longer than `hangMs` without a pause: call it now and then, for example
 * once for each thousand rows. It costs one atomic addition. Outside a thread actor it does nothing.
 */
export function reportAlive(): void {
  if (count !== undefined) Atomics.add(count, 0, 1);
}
