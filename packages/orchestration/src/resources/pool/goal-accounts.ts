import type { GoalAccount, HeldDemand, PoolState } from "./pool-state.ts";

/** Goals that hold nothing and wait for nothing, but have had more than others, and are remembered. */
const rememberedGoals = 1000;
/** Taken for a reservation's time before any has ended: only comparisons matter then. */
const unknownTime = 1;

/**
 * What each goal has had: dominant share (Ghodsi et al., Dominant Resource Fairness, NSDI 2011) times
 * time. A reservation under way counts for at least as long as one usually lasts, so that goals
 * that begin at the same moment are served in turn.
 */
export function services(state: PoolState): ReadonlyMap<string, number> {
  const services = new Map<string, number>();
  for (const [goal, { served }] of state.accounts) services.set(goal, served);
  for (const held of state.held.values()) {
    services.set(held.goal, (services.get(held.goal) ?? 0) + held.part * countedTime(state, held));
  }
  return services;
}

function countedTime({ now, lasting }: PoolState, { since }: HeldDemand): number {
  return Math.max(now - since, lasting.count === 0 ? unknownTime : lasting.mean);
}

/** A goal is about to wait. Time in which it asked for nothing is not saved up against the others. */
export function enter(state: PoolState, goal: string): void {
  const account: GoalAccount = state.accounts.get(goal) ?? { number: state.next, served: 0 };
  state.accounts.set(goal, account);
  for (const waiting of state.waiting.values()) if (waiting.goal === goal) return;
  const behind = state.virtualTime - (services(state).get(goal) ?? 0);
  if (behind > 0) account.served += behind;
}

/**
 * A goal has been granted something. Where it stands now is where newcomers start (self-clocked fair
 * queueing, Golestani 1994), so that even an endless row of new goals passes one that waits only once each.
 */
export function granted(state: PoolState, goal: string): void {
  state.virtualTime = Math.max(state.virtualTime, services(state).get(goal) ?? 0);
}

/** A reservation has ended. */
export function settleAccount(state: PoolState, held: HeldDemand): void {
  const time = state.now - held.since;
  const account = state.accounts.get(held.goal);
  if (account !== undefined) account.served += held.part * time;
  state.lasting.count += 1;
  state.lasting.mean += (time - state.lasting.mean) / state.lasting.count;
}

/** Forgets goals without demands whose account makes no difference any more, or makes the least. */
export function forgetGoals(state: PoolState): void {
  const { accounts, held, waiting } = state;
  if (held.size === 0 && waiting.size === 0) {
    accounts.clear();
    state.virtualTime = 0;
    return;
  }
  const present = new Set([...held.values(), ...waiting.values()].map(({ goal }) => goal));
  const absent = [...accounts].filter(([goal]) => !present.has(goal));
  absent.sort(([, one], [, other]) => other.served - one.served);
  for (const [index, [goal, { served }]] of absent.entries()) {
    if (served <= state.virtualTime || index >= rememberedGoals) accounts.delete(goal);
  }
}
