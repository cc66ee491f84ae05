import type { OnFailure } from "./goal-spec.ts";
import { dropReady, makeReady } from "./ready-queue.ts";
import { stopRun } from "./run-control.ts";
import type { GoalOutcome, GoalRecord, TaskOutcome, TaskRecord, TaskStatus } from "./state.ts";
import type { Placed, Turn } from "./turn.ts";

interface Settling {
  readonly index: number;
  readonly outcome: TaskOutcome;
  readonly because?: string;
}

/** Ends a task, and all that can only end one way because of it; then perhaps the goal. */
export function settle(turn: Turn, { goal, index }: Placed, outcome: TaskOutcome): void {
  const pending: Settling[] = [{ index, outcome }];
  for (let next = pending.pop(); next !== undefined; next = pending.pop()) {
    const task = goal.tasks[next.index];
    if (task === undefined || isSettled(task.status)) continue;
    end(turn, goal, task, next);
    for (const edge of task.dependents) {
      const dependent = goal.tasks[edge.task];
      if (dependent === undefined) continue;
      const decided = decide(next.outcome, edge.onFailure);
      if (decided !== undefined) {
        pending.push({ index: edge.task, outcome: decided, because: task.id });
        continue;
      }
      dependent.waitingFor -= 1;
      if (dependent.waitingFor === 0) {
        makeReady(turn.state, { goal, task: dependent, index: edge.task });
      }
    }
  }
  if (goal.unsettled === 0) endGoal(turn, goal, outcomeOf(goal));
  else if (goal.failFast && goal.hasFailed) cancelRest(turn, goal, "failed");
}

/** Ends a goal now: what has not ended is stopped and cancelled. */
export function cancelRest(turn: Turn, goal: GoalRecord, outcome: GoalOutcome): void {
  for (const [index, task] of goal.tasks.entries()) {
    if (isSettled(task.status)) continue;
    for (const number of task.runs) {
      const run = turn.state.runs[number];
      if (run !== undefined) stopRun(turn, run, { goal, task, index }, "cancelled");
    }
    end(turn, goal, task, { index, outcome: "cancelled" });
  }
  endGoal(turn, goal, outcome);
}

/** Ends a goal that has no task left to settle. */
export function endGoal({ state, commands }: Turn, goal: GoalRecord, outcome: GoalOutcome): void {
  dropReady(state, goal);
  delete state.goals[goal.number];
  commands.push({ type: "ended", goal: goal.id, outcome });
}

/** How an edge settles its dependent; `undefined` when the dependent may go on. */
function decide(outcome: TaskOutcome, onFailure: OnFailure): TaskOutcome | undefined {
  if (outcome === "done" || onFailure === "continue") return undefined;
  return outcome === "failed" && onFailure === "fail" ? "failed" : "skipped";
}

function end(turn: Turn, goal: GoalRecord, task: TaskRecord, settling: Settling): void {
  const { outcome, because } = settling;
  task.status = outcome;
  goal.unsettled -= 1;
  if (outcome === "failed") {
    if (isResult(task)) goal.hasFailed = true;
    else goal.isPartial = true;
  }
  const why = because === undefined ? {} : { because };
  turn.commands.push({ type: "settled", goal: goal.id, task: task.id, outcome, ...why });
}

/**
 * What nothing depends on is a result of the goal. Any other failure either fails what depends on
 * it, and so on to a result, or is stopped on its way by an edge that says what to do instead.
 */
function isResult({ dependents }: TaskRecord): boolean {
  return dependents.length === 0;
}

function outcomeOf({ hasFailed, isPartial }: GoalRecord): GoalOutcome {
  if (hasFailed) return "failed";
  return isPartial ? "partial" : "succeeded";
}

const settled: ReadonlySet<TaskStatus> = new Set(["done", "failed", "skipped", "cancelled"]);

function isSettled(status: TaskStatus): boolean {
  return settled.has(status);
}
