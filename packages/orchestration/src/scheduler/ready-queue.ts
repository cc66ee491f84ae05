import { type Before, pop, push } from "./heap.ts";
import type { DemandQueue, GoalRecord, SchedulerState } from "./state.ts";
import { type Placed, taskAt } from "./turn.ts";

/** A ready task that is the first of its class of demand. */
export type Candidate = Placed;

const byPass: Before<DemandQueue["goals"][number]> = (a, b) =>
  a.pass < b.pass || (a.pass === b.pass && a.goal < b.goal);

function byRank({ tasks }: GoalRecord): Before<number> {
  return (a, b) => {
    const difference = (tasks[a]?.rank ?? 0) - (tasks[b]?.rank ?? 0);
    return difference > 0 || (difference === 0 && a < b);
  };
}

/** Puts a task among those that can start as soon as there is room. */
export function makeReady(state: SchedulerState, { goal, task, index }: Placed): void {
  // Time in which a goal had nothing to start is not saved up against the others.
  if (goal.readyCount === 0) goal.pass = Math.max(goal.pass, state.virtualTime);
  task.status = "ready";
  goal.readyCount += 1;
  state.readyCount += 1;
  const key = task.demandClass;
  goal.ready[key] ??= [];
  push(goal.ready[key], index, byRank(goal));
  if (goal.queued[key] === true) return;
  goal.queued[key] = true;
  state.demands[key] ??= { demand: task.demand, goals: [] };
  push(state.demands[key].goals, { goal: goal.number, pass: goal.pass }, byPass);
}

/** Takes a candidate out of the queue. */
export function takeReady(state: SchedulerState, { goal, task }: Candidate): void {
  pop(goal.ready[task.demandClass] ?? [], byRank(goal));
  goal.readyCount -= 1;
  state.readyCount -= 1;
}

/** Gives up all that is ready of a goal that ends. */
export function dropReady(state: SchedulerState, goal: GoalRecord): void {
  state.readyCount -= goal.readyCount;
  goal.readyCount = 0;
}

/** The first task of each class of demand. */
export function candidates(state: SchedulerState): readonly Candidate[] {
  return Object.entries(state.demands).flatMap(([key, queue]) => first(state, key, queue) ?? []);
}

/** Whether a candidate comes before another: fairness between goals, rank within one. */
export function comesFirst({ goal, index }: Candidate, other: Candidate): boolean {
  if (goal.pass !== other.goal.pass) return goal.pass < other.goal.pass;
  if (goal !== other.goal) return goal.number < other.goal.number;
  return byRank(goal)(index, other.index);
}

function first(state: SchedulerState, key: string, queue: DemandQueue): Candidate | undefined {
  for (let top = queue.goals[0]; top !== undefined; top = queue.goals[0]) {
    const goal = state.goals[top.goal];
    const index = goal?.ready[key]?.[0];
    if (goal === undefined || index === undefined) {
      pop(queue.goals, byPass);
      if (goal !== undefined) delete goal.queued[key];
    } else if (goal.pass > top.pass) {
      pop(queue.goals, byPass);
      push(queue.goals, { goal: goal.number, pass: goal.pass }, byPass);
    } else {
      return taskAt(state, top.goal, index);
    }
  }
  delete state.demands[key];
  return undefined;
}
