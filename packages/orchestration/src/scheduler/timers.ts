import { type Before, heapify, pop, push } from "./heap.ts";
import type { SchedulerState, Timer } from "./state.ts";
import { taskAt } from "./turn.ts";

const byTime: Before<Timer> = (a, b) => a.at < b.at;
const fewestToSweep = 64;

/** Sets a timer. */
export function setTimer(state: SchedulerState, timer: Timer): void {
  push(state.timers, timer, byTime);
  if (state.timers.length < state.sweepAt) return;
  state.timers = state.timers.filter((set) => matters(state, set));
  heapify(state.timers, byTime);
  state.sweepAt = Math.max(fewestToSweep, 2 * state.timers.length);
}

/** Takes off the next timer that is due now; `undefined` when none is. */
export function takeDue(state: SchedulerState): Timer | undefined {
  const next = nextTimer(state);
  return next === undefined || next.at > state.now ? undefined : pop(state.timers, byTime);
}

/** The next timer that matters, after those before it that do not are taken off. */
export function nextTimer(state: SchedulerState): Timer | undefined {
  for (let next = state.timers[0]; next !== undefined; next = state.timers[0]) {
    if (matters(state, next)) return next;
    pop(state.timers, byTime);
  }
  return undefined;
}

function matters(state: SchedulerState, timer: Timer): boolean {
  if (timer.kind === "retry") {
    return taskAt(state, timer.goal, timer.task)?.task.status === "delayed";
  }
  const run = state.runs[timer.run];
  return run !== undefined && run.stopping === (timer.kind === "gone");
}
