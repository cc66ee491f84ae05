import type { LinkTrouble } from "../faults/link-faults.ts";
import type { WorkQueueTrouble } from "../faults/work-queue-faults.ts";

/** How often a fault comes, and how long it stays: milliseconds, from least to most. */
export interface Bouts {
  readonly times: number;
  readonly forMs: readonly [number, number];
}

/** The faults of a scenario, as data. What is not named does not happen. */
export interface FaultPlan {
  /** Some nodes are cut off from the others, both ways. */
  readonly partition?: Bouts;
  /** One node hears another no more, though it is heard itself. */
  readonly oneWay?: Bouts;
  /** Trouble of one direction of a link. */
  readonly links?: Bouts & LinkTrouble;
  /** A node sleeps, and wakes. */
  readonly pause?: Bouts;
  /** A node is killed, and started again. */
  readonly crash?: Bouts;
  /** A node says goodbye and stops in good order, and is started again. */
  readonly leave?: Bouts;
  /** The journal has no leader. */
  readonly failOver?: Bouts;
  /** Answers of the journal are lost with probability `lost`. */
  readonly lostAcks?: Bouts & { readonly lost: number };
  /** The journal's reads lag by `lagMs` with probability `stale`. Breaks the port's contract. */
  readonly staleReads?: Bouts & { readonly stale: number; readonly lagMs: number };
  /** Losers of a race are let through with probability `accepted`. Breaks the port's contract. */
  readonly twoWinners?: Bouts & { readonly accepted: number };
  /** The journal's machine loses power. Breaks the port's contract when it syncs lazily. */
  readonly powerLoss?: { readonly times: number; readonly syncIntervalMs: number };
  /** Redeliveries and acks lost or late. */
  readonly workQueue?: Bouts & WorkQueueTrouble;
  /** Every node's wall clock is off by up to `skewMs`, and its rate by up to the share `drift`. */
  readonly clocks?: { readonly skewMs: number; readonly drift: number };
  /** Longest way to the journal, and back, milliseconds. Default 5. */
  readonly journalLatencyMs?: number;
}
