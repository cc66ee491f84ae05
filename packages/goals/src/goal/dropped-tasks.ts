import type { GoalRecord } from "./records.ts";
import { type GoalState, isReplaced, isSettled, type TaskState } from "./state.ts";

type Dropped = Extract<GoalRecord, { type: "task-dropped" }>;

/**
 * Tasks that can't be tried any more because of how others ended: a failed dependency fails a task,
 * unless its edge says `skip` or `continue`; a skipped one is left out, with all that needs it. Failures that the plan
 * is to be repaired for keep nothing from being done: the repaired plan says what becomes of them.
 *
 * @param state as after the failures
 */
export function droppedTasks(state: GoalState): readonly Dropped[] {
  const dependents = dependentsOf(state);
  const dropped = new Map<string, Dropped>();
  const repairing = new Set(state.pendingRepairs.map(({ task }) => task));
  const ended = Object.values(state.tasks)
    .filter((task) => hasFailed(task) && !repairing.has(task.id) && !isReplaced(task, state))
    .map(({ id, status }) => ({ id, outcome: status }));
  for (const { id, outcome } of ended) {
    for (const task of dependents.get(id) ?? []) {
      const policy = task.tolerates?.[id] ?? "fail";
      if (isSettled(task) || dropped.has(task.id) || policy === "continue") continue;
      const becomes = outcome === "failed" && policy === "fail" ? "failed" : "skipped";
      dropped.set(task.id, { type: "task-dropped", task: task.id, because: id, outcome: becomes });
      // Grows while it is read: what depends on a dropped task is next.
      ended.push({ id: task.id, outcome: becomes });
    }
  }
  return [...dropped.values()];
}

/**
 * The first failure that the goal can't succeed with: one that has reached a task on which nothing
 * depends, which is a result of the goal. Failures that an edge has stopped on their way are not.
 *
 * @returns the task that failed first, not those that failed because of it
 */
export function fatalFailure(state: GoalState): TaskState | undefined {
  if (state.counts.failed === 0) return undefined;
  const needed = new Set(Object.values(state.tasks).flatMap(({ dependsOn }) => dependsOn));
  const [result] = Object.values(state.tasks)
    .filter((task) => task.status === "failed" && !needed.has(task.id))
    .filter((task) => !isReplaced(task, state) && !isUndo(task))
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0));
  let cause = result;
  while (cause?.because !== undefined) cause = state.tasks[cause.because];
  return cause;
}

/** Whether a task undoes another. */
export function isUndo({ id }: { readonly id: string }): boolean {
  return id.startsWith(undoPrefix);
}

/** What the names of tasks that undo others begin with; no task of a plan can have a dot there. */
export const undoPrefix = "undo.";

function hasFailed({ status }: TaskState): boolean {
  return status === "failed" || status === "skipped";
}

function dependentsOf({ tasks }: GoalState): ReadonlyMap<string, readonly TaskState[]> {
  const dependents = new Map<string, TaskState[]>();
  for (const task of Object.values(tasks)) {
    for (const id of task.dependsOn) {
      const all = dependents.get(id);
      if (all === undefined) dependents.set(id, [task]);
      else all.push(task);
    }
  }
  return dependents;
}
