import { DuplicateGoalError, InvalidValueError } from "../errors.ts";
import type { Command } from "./commands.ts";
import { dispatch } from "./dispatch.ts";
import { goalRecord } from "./goal-record.ts";
import type { GoalSpec } from "./goal-spec.ts";
import { makeReady } from "./ready-queue.ts";
import { runFailed, runFinished, timerDue } from "./reports.ts";
import { move, type Resources } from "./resources.ts";
import { cancelRest, endGoal } from "./settle.ts";
import type { GoalRecord, SchedulerSettings, SchedulerState } from "./state.ts";
import { nextTimer, takeDue } from "./timers.ts";
import type { Turn } from "./turn.ts";
import { checkCapacity, checkSettings } from "./value-checks.ts";

/** What the scheduler is told. Reports about runs it does not know (any more) are ignored. */
export type Report =
  | { readonly type: "finished"; readonly run: number }
  /** Not `retryable` (default: it is) settles the task at once. */
  | { readonly type: "failed"; readonly run: number; readonly retryable?: boolean }
  | { readonly type: "cancel"; readonly goal: string }
  /**
   * What there is to share out from now on, all of it: workers have come, or are gone. Runs under way go
   * on; while they hold more than there is, nothing that needs the same is started, and runs whose worker
   * is gone have to be reported `failed` besides. What needs more than there is waits until there is more.
   */
  | { readonly type: "capacity"; readonly capacity: Resources };

/** The moment of a step. */
export interface Moment {
  /** Time in the caller's unit. It never goes back: an earlier one is taken as the latest seen. */
  readonly at: number;
  /** A new random number, 0 to 1, for the delays of retries. Default 0: delays are full. */
  readonly jitter?: number;
}

/**
 * A scheduler with nothing to do.
 *
 * @throws InvalidValueError naming a setting that cannot be
 */
export function createScheduler(settings: SchedulerSettings): SchedulerState {
  checkSettings(settings);
  return {
    settings: { grace: 0, patience: 16, ...settings },
    now: 0,
    free: { ...settings.capacity },
    goals: {},
    demands: {},
    runs: {},
    timers: [],
    sweepAt: 0,
    stragglers: [],
    estimates: { byKind: {}, all: { count: 0, mean: 0 } },
    readyCount: 0,
    virtualTime: 0,
    nextGoal: 1,
    nextRun: 1,
  };
}

/**
 * Takes a goal in. When it is refused, nothing has changed.
 *
 * @throws DuplicateTaskError, UnknownDependencyError, CyclicDependencyError about the graph
 * @throws DuplicateGoalError, UnsatisfiableDemandError, InvalidValueError
 */
export function submit(state: SchedulerState, spec: GoalSpec, moment: Moment): readonly Command[] {
  if (goalNamed(state, spec.id) !== undefined) throw new DuplicateGoalError(spec.id);
  const goal = goalRecord(state, spec);
  return step(state, moment, (turn) => {
    state.goals[goal.number] = goal;
    state.nextGoal += 1;
    for (const [index, task] of goal.tasks.entries()) {
      if (task.waitingFor === 0) makeReady(state, { goal, task, index });
    }
    if (goal.unsettled === 0) endGoal(turn, goal, "succeeded");
  });
}

/**
 * Takes notice of what has happened, and of the time: also to be called without reports at the
 * moment that `nextWake` names. Reports that are known together are best given together.
 *
 * @throws InvalidValueError naming an amount of a new capacity that cannot be; nothing has changed then
 */
export function advance(
  state: SchedulerState,
  reports: readonly Report[],
  moment: Moment,
): readonly Command[] {
  for (const report of reports) {
    if (report.type === "capacity") checkCapacity(report.capacity);
  }
  return step(state, moment, (turn) => {
    for (const report of reports) takeNotice(turn, report);
  });
}

/** When `advance` must be called even if nothing is reported; `undefined` for never. */
export function nextWake(state: SchedulerState): number | undefined {
  return nextTimer(state)?.at;
}

function step(
  state: SchedulerState,
  { at, jitter = 0 }: Moment,
  act: (turn: Turn) => void,
): readonly Command[] {
  if (!Number.isFinite(at)) throw new InvalidValueError("moment", "at", at, "a number");
  const turn: Turn = { state, jitter, commands: [] };
  state.now = Math.max(state.now, at);
  act(turn);
  for (let timer = takeDue(state); timer !== undefined; timer = takeDue(state)) {
    timerDue(turn, timer);
  }
  dispatch(turn);
  return turn.commands;
}

function takeNotice(turn: Turn, report: Report): void {
  switch (report.type) {
    case "finished":
      return runFinished(turn, report.run);
    case "failed":
      return runFailed(turn, report.run, report.retryable ?? true);
    case "cancel":
      return cancel(turn, report.goal);
    case "capacity":
      return setCapacity(turn.state, report.capacity);
  }
}

function setCapacity(state: SchedulerState, capacity: Resources): void {
  move(state.free, state.settings.capacity, -1);
  move(state.free, capacity, 1);
  state.settings = { ...state.settings, capacity };
}

function cancel(turn: Turn, id: string): void {
  const goal = goalNamed(turn.state, id);
  if (goal !== undefined) cancelRest(turn, goal, "cancelled");
}

function goalNamed({ goals }: SchedulerState, id: string): GoalRecord | undefined {
  return Object.values(goals).find((goal) => goal.id === id);
}
