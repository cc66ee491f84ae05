import type { Resources } from "../../scheduler/resources.ts";
import { check, checkResources, isCount } from "../../scheduler/value-checks.ts";

/** What is shared out, and the limits of waiting for it. */
export interface PoolSettings {
  /** All that there is, in whole units. */
  readonly capacity: Resources;
  /**
   * How often the demand that is next may be overtaken because it does not fit. After that what it
   * needs is kept for it. Default 16.
   */
  readonly patience?: number;
  /** Most demands that wait. Default 1000. */
  readonly queueLimit?: number;
}

/** What a task needs for a while. */
export interface ResourceDemand {
  /** Who shares: whichever goal has had least comes next. */
  readonly goal: string;
  readonly task: string;
  /** All of it is granted at once. Whole units; `{}` is granted always. */
  readonly resources: Resources;
  /** Among tasks of one goal the highest is first, such as an upward rank. Default 0. */
  readonly priority?: number;
  /** Of the goal, relative to the shares of others. Default 1. */
  readonly share?: number;
}

/** A demand that is not granted yet. */
export interface WaitingDemand {
  readonly number: number;
  readonly goal: string;
  readonly task: string;
  /** Without what it needs nothing of. */
  readonly resources: Resources;
  readonly priority: number;
  /** Its dominant share of the capacity, by the goal's share. */
  readonly part: number;
  readonly since: number;
  /** For demands ahead of need: how long the grant waits to be claimed. */
  readonly claimWithin: number | undefined;
  /** How often others were granted what it needs while it was next and did not fit. */
  overtaken: number;
}

/** A demand that has been granted. */
export interface HeldDemand {
  readonly number: number;
  readonly goal: string;
  readonly task: string;
  readonly resources: Resources;
  readonly part: number;
  readonly since: number;
  /** When it is taken back unless it has been claimed; `undefined` once it has. */
  lapsesAt: number | undefined;
}

/** What a goal has had. */
export interface GoalAccount {
  /** Order of coming. */
  readonly number: number;
  /** Time of its ended reservations, each times its part. */
  served: number;
}

/** All that a pool knows. Changed in place by the functions of `pool.ts`. */
export interface PoolState {
  readonly settings: Required<PoolSettings>;
  now: number;
  readonly free: Record<string, number>;
  /** By number, in order of coming. */
  readonly waiting: Map<number, WaitingDemand>;
  readonly held: Map<number, HeldDemand>;
  readonly accounts: Map<string, GoalAccount>;
  /** Service that the goal granted last had then: goals that come, or come back, start from here. */
  virtualTime: number;
  /** The waiting demand for which what it needs is kept. */
  guarded: number | undefined;
  /** How long reservations lasted that have ended. */
  readonly lasting: { count: number; mean: number };
  next: number;
}

/**
 * A pool of which nothing is held.
 *
 * @throws InvalidValueError naming a setting that cannot be
 */
export function createPool(settings: PoolSettings): PoolState {
  const { capacity, patience = 16, queueLimit = 1000 } = settings;
  checkResources("pool", "capacity", capacity);
  check("pool", "patience", patience, isCount, "a whole number from 0");
  check("pool", "queueLimit", queueLimit, isCount, "a whole number from 0");
  return {
    settings: { capacity: { ...capacity }, patience, queueLimit },
    now: 0,
    free: { ...capacity },
    waiting: new Map(),
    held: new Map(),
    accounts: new Map(),
    virtualTime: 0,
    guarded: undefined,
    lasting: { count: 0, mean: 0 },
    next: 1,
  };
}
