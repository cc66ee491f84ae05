import type { StopCommand } from "./commands.ts";
import { dominantShare, move } from "./resources.ts";
import type { RunRecord } from "./state.ts";
import { setTimer } from "./timers.ts";
import type { Placed, Turn } from "./turn.ts";

/** Starts a run of a task, all of whose resources are free. */
export function startRun(turn: Turn, { goal, task, index }: Placed, speculative: boolean): void {
  const { state, commands } = turn;
  const run = state.nextRun;
  state.nextRun += 1;
  move(state.free, task.demand, -1);
  state.runs[run] = {
    run,
    goal: goal.number,
    task: index,
    demand: task.demand,
    startedAt: state.now,
    stopping: false,
  };
  task.status = "running";
  task.runs.push(run);
  charge(turn, { goal, task, index }, task.expected);
  setTimer(state, { at: state.now + task.timeout, kind: "timeout", run });
  if (task.speculateAfter !== undefined && !speculative && task.expected > 0) {
    const at = state.now + task.speculateAfter * task.expected;
    setTimer(state, { at, kind: "straggler", run });
  }
  const attempt = task.failures + 1;
  commands.push({ type: "start", run, goal: goal.id, task: task.id, attempt, speculative });
}

/** Tells a run to stop. What it holds is free when it has ended, or is taken to have. */
export function stopRun(
  turn: Turn,
  run: RunRecord,
  { goal, task }: Placed,
  reason: StopCommand["reason"],
): void {
  const { state, commands } = turn;
  task.runs = task.runs.filter((other) => other !== run.run);
  commands.push({ type: "stop", run: run.run, goal: goal.id, task: task.id, reason });
  run.stopping = true;
  const { grace } = state.settings;
  if (grace === 0) release(turn, run);
  else setTimer(state, { at: state.now + grace, kind: "gone", run: run.run });
}

/** Gives back what a run held. */
export function release({ state }: Turn, run: RunRecord): void {
  delete state.runs[run.run];
  move(state.free, run.demand, 1);
}

/** Counts resource time against the goal's share. */
export function charge({ state }: Turn, { goal, task }: Placed, time: number): void {
  const part = dominantShare(task.demand, state.settings.capacity);
  goal.pass += (time * part) / goal.share;
}
