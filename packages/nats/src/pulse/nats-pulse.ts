import { once } from "node:events";
import { Worker } from "node:worker_threads";
import type { Log, Pulse } from "@troupe/actor";
import type { PulseData } from "./pulse-messages.ts";

/** What the thread of a pulse connects with. */
export interface NatsPulseOptions {
  /** As for `connect`. */
  readonly url: string;
  /** Name of the node, as the server lists its connections; the pulse's own ends in `-pulse`. */
  readonly name: string;
  readonly log: Log;
  /**
   * How long the process's main thread may compute without a pause before it counts as hung and the
   * pulse ends, milliseconds. Default 60 000.
   */
  readonly hungAfterMs?: number;
}

const stopWithinMs = 2000;
/** The source where this is the source, and what was compiled where this was. */
const program = import.meta.url.endsWith(".ts")
  ? new URL("./pulse-thread.ts", import.meta.url)
  : new URL("./pulse-thread.js", import.meta.url);

/**
 * A node's pulse on NATS: a worker thread with a connection of its own. When the thread cannot connect or
 * ends, that is logged, and the node's own heartbeats go on alone.
 */
export function natsPulse(options: NatsPulseOptions): Pulse {
  const { url, name, log, hungAfterMs = 60_000 } = options;
  const data: PulseData = { url, name: `${name}-pulse`, hungAfterMs };
  const thread = new Worker(program, { workerData: data });
  // It must not keep a process alive that has nothing else to do.
  thread.unref();
  let stopping = false;
  thread.on("error", (error) => log("warn", "the pulse has ended", { name, error }));
  const exited = once(thread, "exit").catch(() => {});
  return {
    beat: (subject, payload, periodMs) => {
      if (!stopping) thread.postMessage({ subject, payload: payload.slice(), periodMs });
    },
    stop: async () => {
      stopping = true;
      thread.postMessage("stop");
      const late = setTimeout(() => void thread.terminate(), stopWithinMs);
      await exited;
      clearTimeout(late);
    },
  };
}
