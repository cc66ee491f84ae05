import { readdirSync } from "node:fs";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";

/** What a process holds. */
export interface Vitals {
  /** Memory of the process, bytes. */
  readonly rss: number;
  /** Heap right after a full collection, bytes. */
  readonly heap: number;
  /** Memory of native objects and buffers that JavaScript holds, bytes. */
  readonly external: number;
  /** Timers, sockets, servers, workers and other things that keep it alive. */
  readonly handles: number;
  /** Open files, sockets and pipes; 0 where the system does not tell. */
  readonly files: number;
}

setFlagsFromString("--expose-gc");
const collect: () => void = runInNewContext("gc");

/** Looks at this process, after a full collection. */
export function vitals(): Vitals {
  collect();
  const { rss, heapUsed, external } = process.memoryUsage();
  const handles = process.getActiveResourcesInfo().length;
  return { rss, heap: heapUsed, external, handles, files: openFiles() };
}

function openFiles(): number {
  try {
    return readdirSync("/proc/self/fd").length;
  } catch {
    return 0;
  }
}
