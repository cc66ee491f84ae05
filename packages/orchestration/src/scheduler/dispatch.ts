import { type Candidate, candidates, comesFirst, takeReady } from "./ready-queue.ts";
import { areDisjoint, fits } from "./resources.ts";
import { startRun } from "./run-control.ts";
import type { SchedulerState } from "./state.ts";
import { type Turn, taskOf } from "./turn.ts";

/** Starts whatever can start now, the most urgent first. */
export function dispatch(turn: Turn): void {
  const { state } = turn;
  for (let next = choose(state); next !== undefined; next = choose(state)) {
    takeReady(state, next);
    state.virtualTime = Math.max(state.virtualTime, next.goal.pass);
    startRun(turn, next, false);
  }
  // A second copy must not take what a task that has not run yet is waiting for.
  if (state.readyCount === 0) speculate(turn);
}

/**
 * The task to start next. Resources are taken all at once or not at all, so nobody waits holding
 * some; a task that does not fit lets others pass only so often, so nobody waits for ever.
 */
function choose(state: SchedulerState): Candidate | undefined {
  const waiting = candidates(state);
  const head = first(waiting);
  if (head === undefined) return undefined;
  const fitting = waiting.filter(({ task }) => fits(task.demand, state.free));
  const next = first(fitting);
  if (next === head || next === undefined) return next;
  if (head.task.overtaken >= state.settings.patience) {
    return first(fitting.filter(({ task }) => areDisjoint(task.demand, head.task.demand)));
  }
  head.task.overtaken += 1;
  return next;
}

function first(among: readonly Candidate[]): Candidate | undefined {
  return among.reduce<Candidate | undefined>(
    (best, candidate) => (best === undefined || comesFirst(candidate, best) ? candidate : best),
    undefined,
  );
}

/** Second copies of stragglers, as long as the longest-noticed one fits. */
function speculate(turn: Turn): void {
  const { state } = turn;
  for (let number = state.stragglers[0]; number !== undefined; number = state.stragglers[0]) {
    const run = state.runs[number];
    const placed = run === undefined || run.stopping ? undefined : taskOf(state, run);
    if (placed !== undefined && placed.task.runs.length === 1) {
      if (!fits(placed.task.demand, state.free)) return;
      startRun(turn, placed, true);
    }
    state.stragglers.shift();
  }
}
