import { seededRandom } from "@troupe/testkit";
import type { FaultKind } from "./fault-kinds.ts";

/** One fault of a schedule. `draw` is a number in [0, 1) that chooses among the nodes that are up then. */
export type Fault =
  | { readonly kind: "nodes"; readonly draw: number }
  /** `downMs`: how long the server stays away before it is started again, milliseconds. */
  | { readonly kind: "nats"; readonly downMs: number }
  /** `forMs`: how long the node is stopped, milliseconds; longer than a lease. */
  | { readonly kind: "pause"; readonly draw: number; readonly forMs: number };

export interface FaultScheduleOptions {
  readonly seed: number;
  readonly kinds: readonly FaultKind[];
  /** Lease of the nodes, milliseconds. */
  readonly leaseMs: number;
}

/** Longest time that the server is left dead, milliseconds. */
const longestDownMs = 1000;
/** A paused node sleeps between these multiples of its lease. */
const pauseLeases = { least: 1.2, most: 2 } as const;

/**
 * The faults that a seed stands for, without end. Each round holds every kind once, in an order of
 * its own, so that the first few faults already show all kinds.
 */
export function* faultSchedule(options: FaultScheduleOptions): Generator<Fault, never> {
  const { seed, kinds, leaseMs } = options;
  if (kinds.length === 0) throw new RangeError("a schedule of faults needs a kind of fault");
  const random = seededRandom(seed);
  for (;;) {
    for (const kind of shuffled(kinds, () => random.next())) {
      const draw = random.next();
      const extent = random.next();
      if (kind === "nodes") yield { kind, draw };
      else if (kind === "nats") yield { kind, downMs: Math.round(extent * longestDownMs) };
      else {
        const leases = pauseLeases.least + extent * (pauseLeases.most - pauseLeases.least);
        yield { kind, draw, forMs: Math.round(leases * leaseMs) };
      }
    }
  }
}

/** The one that a draw in [0, 1) chooses; `undefined` when there is none. */
export function chosen<T>(draw: number, from: readonly T[]): T | undefined {
  return from[Math.floor(draw * from.length)];
}

function shuffled<T>(items: readonly T[], next: () => number): readonly T[] {
  const left = [...items];
  const order: T[] = [];
  while (left.length > 0) order.push(...left.splice(Math.floor(next() * left.length), 1));
  return order;
}
