import { type Clock, pause } from "@troupe/actor";
import type { FaultKind } from "./fault-kinds.ts";
import { chosen, type Fault } from "./fault-schedule.ts";
import type { MortalServer } from "./mortal-server.ts";
import type { NodeFleet } from "./node-fleet.ts";

/** How many faults were done, by kind. */
export type FaultCounts = Readonly<Record<FaultKind, number>>;

export interface InjectionOptions {
  readonly clock: Clock;
  readonly faults: Iterable<Fault>;
  /** Time from one fault to the next, milliseconds. */
  readonly everyMs: number;
  readonly fleet: Pick<NodeFleet, "up" | "kill" | "pause">;
  readonly server: Pick<MortalServer, "up" | "kill">;
  /** Told of each fault that was done, with the node that it struck. */
  readonly observe: (fault: Fault, node: string | undefined) => void;
  /** Told when what was struck can't be brought back. */
  readonly fail: (error: unknown) => void;
  /** Ends it. */
  readonly signal: AbortSignal;
}

/**
 * Does one fault after the other. A fault that finds nothing to strike, since all nodes or the server
 * are down already, is left out and counted as `skipped`.
 */
export async function injectFaults(
  options: InjectionOptions,
): Promise<{ readonly faults: FaultCounts; readonly skipped: number }> {
  const { clock, faults, everyMs, observe, signal } = options;
  const counts = { nodes: 0, nats: 0, pause: 0 };
  let skipped = 0;
  for (const fault of faults) {
    await pause(clock, everyMs, signal);
    if (signal.aborted) break;
    const node = fault.kind === "nats" ? undefined : chosen(fault.draw, options.fleet.up);
    if (fault.kind === "nats" ? !options.server.up : node === undefined) {
      skipped += 1;
      continue;
    }
    counts[fault.kind] += 1;
    observe(fault, node);
    strike(options, fault, node);
  }
  return { faults: counts, skipped };
}

function strike({ fleet, server, fail }: InjectionOptions, fault: Fault, node = ""): void {
  if (fault.kind === "nodes") fleet.kill(node);
  else if (fault.kind === "pause") fleet.pause(node, fault.forMs).catch(fail);
  else server.kill(fault.downMs).catch(fail);
}
