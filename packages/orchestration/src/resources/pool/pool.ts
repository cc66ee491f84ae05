import {
  InvalidValueError,
  ResourceQueueFullError,
  UnsatisfiableDemandError,
} from "../../errors.ts";
import { dominantShare, move, type Resources } from "../../scheduler/resources.ts";
import { check, checkResources, isAmount, isPositive } from "../../scheduler/value-checks.ts";
import { choose } from "./choose.ts";
import { enter, forgetGoals, granted, settleAccount } from "./goal-accounts.ts";
import type { HeldDemand, PoolState, ResourceDemand, WaitingDemand } from "./pool-state.ts";

/** Numbers of the demands that a step has granted, in order. */
export type Grants = readonly number[];

/** What came of a request. */
export interface Requested {
  /** Names the demand from now on. */
  readonly number: number;
  /** Includes `number` when it was granted at once. */
  readonly grants: Grants;
}

/**
 * Asks for resources, all of them or none.
 *
 * @param at the time, in any unit, the same in all steps; it never goes back
 * @param claimWithin when given, the grant lapses unless it is claimed within so long
 * @throws UnsatisfiableDemandError when there is not as much at all
 * @throws ResourceQueueFullError when it would have to wait and `queueLimit` demands do
 * @throws InvalidValueError for an amount, share, priority or time that cannot be
 */
export function request(
  state: PoolState,
  demand: ResourceDemand,
  at: number,
  claimWithin?: number,
): Requested {
  const wanted = checked(state, demand, claimWithin);
  let number = 0;
  const grants = step(state, at, () => {
    number = state.next;
    enter(state, demand.goal);
    state.next += 1;
    state.waiting.set(number, { ...wanted, number, since: state.now });
  });
  const { queueLimit } = state.settings;
  if (state.waiting.has(number) && state.waiting.size > queueLimit) {
    // Nothing else can have been granted: whatever fitted was granted in an earlier step.
    state.waiting.delete(number);
    if (state.guarded === number) state.guarded = undefined;
    forgetGoals(state);
    throw new ResourceQueueFullError(demand.task, "this node", queueLimit);
  }
  return { number, grants };
}

/** Takes back a demand that waits. One that is granted by now, or not known, is left alone. */
export function cancel(state: PoolState, number: number, at: number): Grants {
  // Before anything can lapse in this step, or it would be granted to who does not want it any more.
  state.waiting.delete(number);
  if (state.guarded === number) state.guarded = undefined;
  return advance(state, at);
}

/** Gives back what was granted. Doing it again, or with a number that is not known, does nothing. */
export function release(state: PoolState, number: number, at: number): Grants {
  return step(state, at, () => giveBack(state, number));
}

/** Whether a grant ahead of need was still there, and is now held until it is released. */
export function claim(state: PoolState, number: number, at: number): boolean {
  const held = state.held.get(number);
  if (held === undefined || (held.lapsesAt !== undefined && held.lapsesAt <= at)) return false;
  held.lapsesAt = undefined;
  return true;
}

/** Takes notice of the time: what was granted ahead and not claimed is given to others. */
export function advance(state: PoolState, at: number): Grants {
  return step(state, at, () => {});
}

/** When `advance` must be called even if nothing else happens; `undefined` for never. */
export function nextLapse(state: PoolState): number | undefined {
  let next: number | undefined;
  for (const { lapsesAt } of state.held.values()) {
    if (lapsesAt !== undefined && lapsesAt < (next ?? Number.POSITIVE_INFINITY)) next = lapsesAt;
  }
  return next;
}

function step(state: PoolState, at: number, act: () => void): Grants {
  if (!Number.isFinite(at)) throw new InvalidValueError("pool", "at", at, "a number");
  state.now = Math.max(state.now, at);
  // What lapses frees room first, so that whoever waits longer comes before whoever asks just now.
  const grants: number[] = [];
  for (const { number, lapsesAt } of [...state.held.values()]) {
    if (lapsesAt !== undefined && lapsesAt <= state.now) giveBack(state, number);
  }
  dispatch(state, grants);
  act();
  dispatch(state, grants);
  forgetGoals(state);
  return grants;
}

function dispatch(state: PoolState, grants: number[]): void {
  for (let next = choose(state); next !== undefined; next = choose(state)) {
    grant(state, next);
    grants.push(next.number);
  }
}

function grant(state: PoolState, demand: WaitingDemand): void {
  const { number, goal, task, resources, part, claimWithin } = demand;
  state.waiting.delete(number);
  if (state.guarded === number) state.guarded = undefined;
  move(state.free, resources, -1);
  const lapsesAt = claimWithin === undefined ? undefined : state.now + claimWithin;
  const held: HeldDemand = { number, goal, task, resources, part, since: state.now, lapsesAt };
  state.held.set(number, held);
  granted(state, goal);
}

function giveBack(state: PoolState, number: number): void {
  const held = state.held.get(number);
  if (held === undefined) return;
  state.held.delete(number);
  move(state.free, held.resources, 1);
  settleAccount(state, held);
}

type Wanted = Omit<WaitingDemand, "number" | "since">;

function checked(
  { settings }: PoolState,
  { goal, task, resources, priority = 0, share = 1 }: ResourceDemand,
  claimWithin: number | undefined,
): Wanted {
  const place = `task '${task}'`;
  checkResources(place, "resources", resources);
  check(place, "share", share, isPositive, "a number above 0");
  check(place, "priority", priority, Number.isFinite, "a number");
  check(place, "claimWithin", claimWithin, isAmount, "a number from 0");
  const needed: Resources = Object.fromEntries(
    Object.entries(resources).filter(([, amount]) => amount > 0),
  );
  for (const [name, amount] of Object.entries(needed)) {
    const most = Object.hasOwn(settings.capacity, name) ? (settings.capacity[name] ?? 0) : 0;
    if (amount > most) throw new UnsatisfiableDemandError(task, name, amount, most);
  }
  const part = dominantShare(needed, settings.capacity) / share;
  return { goal, task, resources: needed, priority, part, claimWithin, overtaken: 0 };
}
