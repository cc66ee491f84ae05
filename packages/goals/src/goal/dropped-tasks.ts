import type { GoalRecord } from "./records.ts";
import { type GoalState, isReplaced, isSettled, type TaskState } from "./state.ts";

type Dropped = Extract<GoalRecord, { type: "task-dropped" }>;

/**
 * Tasks that can't be tried any more because of how others ended: a failed dependency fails a task,
 * unless its edge says `skip` or `continue`; a skipped one is left out, with all that needs it.
 *
 * @param state as after the failures
 */
export function droppedTasks(state: GoalState): readonly Dropped[] {
  const dependents = dependentsOf(state);
  const dropped = new Map<string, Dropped>();
  const ended = Object.values(state.tasks)
    .filter((task) => hasFailed(task) && !isReplaced(task, state))
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
 * The first failure that the goal can't succeed with: of a task whose edges do not all say what to
 * do instead, or of one that nothing depends on.
 */
export function fatalFailure(state: GoalState): TaskState | undefined {
  if (state.counts.failed === 0) return undefined;
  const dependents = dependentsOf(state);
  return Object.values(state.tasks)
    .filter(({ status }) => status === "failed")
    .filter((task) => !isReplaced(task, state) && !isUndo(task))
    .filter(({ id }) => {
      const all = dependents.get(id) ?? [];
      return all.length === 0 || all.some((task) => task.tolerates?.[id] === undefined);
    })
    .sort((a, b) => (a.endedAt ?? 0) - (b.endedAt ?? 0) || rootFirst(a, b))[0];
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

/** The failure that was a task's own before those that followed from it. */
function rootFirst(a: TaskState, b: TaskState): number {
  return Number(a.error === undefined) - Number(b.error === undefined);
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
