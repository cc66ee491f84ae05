import { areDisjoint, fits } from "../../scheduler/resources.ts";
import { services } from "./goal-accounts.ts";
import type { PoolState, WaitingDemand } from "./pool-state.ts";

/**
 * The demand to grant next, if any can be: of the goal that has had least, the one of highest priority.
 * One that does not fit lets others pass; when that has happened `patience` times it is guarded: until
 * it is granted, only demands that need nothing of what it needs go on. One is guarded at a time.
 */
export function choose(state: PoolState): WaitingDemand | undefined {
  if (state.waiting.size === 0) return undefined;
  const guarded = guardedDemand(state);
  if (guarded !== undefined && fits(guarded.resources, state.free)) return guarded;
  const waiting = [...state.waiting.values()];
  const comesFirst = order(state);
  const head = first(waiting, comesFirst);
  if (head === undefined) return undefined;
  const isImpatient = head.overtaken >= state.settings.patience;
  const kept =
    guarded ?? (isImpatient && !fits(head.resources, state.free) ? guard(state, head) : undefined);
  const next = first(
    waiting.filter(
      ({ resources }) =>
        fits(resources, state.free) &&
        (kept === undefined || areDisjoint(resources, kept.resources)),
    ),
    comesFirst,
  );
  if (next !== undefined && next !== head && !areDisjoint(next.resources, head.resources)) {
    head.overtaken += 1;
  }
  return next;
}

function guardedDemand({ guarded, waiting }: PoolState): WaitingDemand | undefined {
  return guarded === undefined ? undefined : waiting.get(guarded);
}

function guard(state: PoolState, demand: WaitingDemand): WaitingDemand {
  state.guarded = demand.number;
  return demand;
}

type ComesFirst = (one: WaitingDemand, other: WaitingDemand) => boolean;

function order(state: PoolState): ComesFirst {
  const service = services(state);
  const goalNumber = (goal: string): number => state.accounts.get(goal)?.number ?? 0;
  return (one, other) => {
    if (one.goal !== other.goal) {
      const difference = (service.get(one.goal) ?? 0) - (service.get(other.goal) ?? 0);
      if (difference !== 0) return difference < 0;
      return goalNumber(one.goal) < goalNumber(other.goal);
    }
    if (one.priority !== other.priority) return one.priority > other.priority;
    return one.number < other.number;
  };
}

function first(among: readonly WaitingDemand[], comesFirst: ComesFirst): WaitingDemand | undefined {
  return among.reduce<WaitingDemand | undefined>(
    (best, demand) => (best === undefined || comesFirst(demand, best) ? demand : best),
    undefined,
  );
}
