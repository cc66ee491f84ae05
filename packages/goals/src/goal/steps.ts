import { readyTasks } from "@troupe/orchestration";
import { type GoalState, hasEnded, type PendingRepair, type TaskState } from "./state.ts";

/** Something the coordinator should do now. */
export type Step =
  | { readonly do: "deliberate" | "plan" | "finish" }
  /** Find an agent for a task, then follow it. */
  | { readonly do: "auction"; readonly task: TaskState }
  /** Wait for the agent that has the task. */
  | { readonly do: "follow"; readonly task: TaskState }
  | { readonly do: "repair"; readonly failure: PendingRepair }
  | { readonly do: "cancel"; readonly reason: string }
  | { readonly do: "give-up"; readonly task: TaskState };

/** One name per step: a step that is under way is not begun again. */
export function stepKey(step: Step): string {
  return "task" in step ? `${step.do}:${step.task.id}:${step.task.attempts}` : step.do;
}

/**
 * What follows from the decisions so far. Depends on nothing else, so that a coordinator on another
 * node, reading the same journal, goes on with the same steps.
 */
export function nextSteps(state: GoalState): readonly Step[] {
  if (state.phase === "unknown" || hasEnded(state)) return [];
  if (state.cancelRequested !== undefined) {
    return [{ do: "cancel", reason: state.cancelRequested }];
  }
  const tasks = Object.values(state.tasks);
  const following = tasks
    .filter((task) => task.status === "awarded")
    .map((task): Step => ({ do: "follow", task }));
  if (state.pendingRepair !== undefined) {
    return [...following, { do: "repair", failure: state.pendingRepair }];
  }
  const lost = tasks.find((task) => task.status === "failed" && !isReplaced(task, state));
  if (lost !== undefined) return [{ do: "give-up", task: lost }];
  if (tasks.every((task) => task.status === "done" || task.status === "failed")) {
    if (state.phase === "analysing") return [{ do: "deliberate" }];
    if (state.phase === "planning") return [{ do: "plan" }];
    return [{ do: "finish" }];
  }
  return [...following, ...readyToAuction(state)];
}

/** A failed task that a repaired plan has done without. */
function isReplaced(task: TaskState, state: GoalState): boolean {
  return state.replannings.some((replanning) => replanning.removed.includes(task.id));
}

function readyToAuction(state: GoalState): readonly Step[] {
  const tasks = Object.values(state.tasks).filter((task) => !isReplaced(task, state));
  const dependencies = Object.fromEntries(tasks.map((task) => [task.id, task.dependsOn]));
  const done = new Set(tasks.filter((task) => task.status === "done").map((task) => task.id));
  const begun = new Set(tasks.filter((task) => task.status !== "waiting").map((task) => task.id));
  return readyTasks(dependencies, done, begun).flatMap((id): Step[] => {
    const task = state.tasks[id];
    return task === undefined ? [] : [{ do: "auction", task }];
  });
}
