import { learn } from "./estimates.ts";
import { makeReady } from "./ready-queue.ts";
import { retryDelay, spread } from "./retry-delay.ts";
import { charge, release, stopRun } from "./run-control.ts";
import { settle } from "./settle.ts";
import type { RunRecord, Timer } from "./state.ts";
import { setTimer } from "./timers.ts";
import { type Placed, type Turn, taskAt, taskOf } from "./turn.ts";

/** A run reports success: the first of a task's copies decides. */
export function runFinished(turn: Turn, number: number): void {
  const { state } = turn;
  const run = state.runs[number];
  if (run === undefined) return;
  release(turn, run);
  const placed = countedTask(turn, run);
  if (placed === undefined) return;
  const { goal, task, index } = placed;
  const took = state.now - run.startedAt;
  learn(state.estimates, task.kind, took);
  charge(turn, placed, Math.max(0, took - task.expected));
  for (const other of task.runs) {
    const copy = other === number ? undefined : state.runs[other];
    if (copy !== undefined) stopRun(turn, copy, placed, "outrun");
  }
  task.runs = [];
  settle(turn, { goal, task, index }, "done");
}

/** A run reports failure. */
export function runFailed(turn: Turn, number: number, retryable: boolean): void {
  const run = turn.state.runs[number];
  if (run === undefined) return;
  release(turn, run);
  const placed = countedTask(turn, run);
  if (placed !== undefined) attemptFailed(turn, placed, run, retryable);
}

/** A timer is due. */
export function timerDue(turn: Turn, timer: Timer): void {
  const { state } = turn;
  if (timer.kind === "retry") {
    const placed = taskAt(state, timer.goal, timer.task);
    if (placed !== undefined) makeReady(state, placed);
    return;
  }
  const run = state.runs[timer.run];
  if (run === undefined) return;
  if (timer.kind === "straggler") {
    state.stragglers.push(run.run);
  } else if (timer.kind === "gone") {
    release(turn, run);
  } else {
    const placed = taskOf(state, run);
    if (placed === undefined) return;
    stopRun(turn, run, placed, "timeout");
    attemptFailed(turn, placed, run, true);
  }
}

/** The task of a run that was not told to stop. */
function countedTask({ state }: Turn, run: RunRecord): Placed | undefined {
  return run.stopping ? undefined : taskOf(state, run);
}

function attemptFailed(turn: Turn, placed: Placed, run: RunRecord, retryable: boolean): void {
  const { state, jitter } = turn;
  const { goal, task, index } = placed;
  charge(turn, placed, Math.max(0, state.now - run.startedAt - task.expected));
  task.runs = task.runs.filter((other) => other !== run.run);
  // The other copy may still make it.
  if (task.runs.length > 0) return;
  task.failures += 1;
  const { retry } = task;
  if (!retryable || retry === undefined || task.failures > retry.limit) {
    settle(turn, placed, "failed");
    return;
  }
  task.status = "delayed";
  // Runs that fail in one turn share its random number, and must not share their delay.
  const at = state.now + retryDelay(retry, task.failures, spread(jitter, run.run));
  setTimer(state, { at, kind: "retry", goal: goal.number, task: index });
}
