import type { Turn } from "./turn.ts";

/** Doublings beyond these would overflow nothing, but say nothing either. */
const doublingsMost = 20;

/** Starts the clock on the leader when something waits and it does not run. */
export function ensureProgress(turn: Turn): void {
  const { state } = turn;
  if (state.changing || state.timers.has("progress") || !isWaiting(turn)) return;
  // The clock is that of one request: a leader that orders others meanwhile gains no time.
  const [oldest] = state.pending.keys();
  state.awaited = oldest;
  turn.start("progress", patienceMs(turn));
}

/** Something was executed: if it was what the clock runs for, it runs for the next, or stops. */
export function noteProgress(turn: Turn): void {
  const { awaited, pending } = turn.state;
  if (awaited === undefined || !pending.has(awaited)) restartProgress(turn);
}

/** Starts the clock anew, or stops it when nothing waits: a view began. */
export function restartProgress(turn: Turn): void {
  turn.stop("progress");
  ensureProgress(turn);
}

/** How long the leader, or the one to come, is waited for. */
export function patienceMs({ state, group }: Turn): number {
  const { requestMs, viewChangeMostMs } = group.limits;
  const doublings = Math.min(state.fruitlessViews, doublingsMost);
  return Math.max(requestMs, Math.min(requestMs * 2 ** doublings, viewChangeMostMs));
}

function isWaiting({ state }: Turn): boolean {
  if (state.pending.size > 0) return true;
  for (const [sequence, { prePrepare }] of state.slots) {
    if (sequence > state.executed && prePrepare !== undefined) return true;
  }
  return false;
}
