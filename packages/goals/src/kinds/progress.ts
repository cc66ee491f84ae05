import { classifyFailure, type Plan, type RepairRequest } from "@troupe/planning";
import type { GoalState, TaskState } from "../goal/state.ts";

/**
 * How far the tasks of a planned goal have come: which steps of its plan are done and running, and which actions are banned
 * because they failed for good, each with its arguments. What failed of bad data is not: once the data is mended, the same
 * action may go well.
 */
export function progressOf(
  state: GoalState,
): Required<Pick<RepairRequest, "completed" | "running" | "banned">> {
  const planned = new Set((state.plan as Plan).steps.map(({ id }) => id));
  const tasks = Object.values(state.tasks);
  const steps = (status: TaskState["status"]): readonly string[] =>
    tasks.filter((task) => task.status === status && planned.has(task.id)).map(({ id }) => id);
  return {
    completed: steps("done"),
    running: steps("awarded"),
    banned: tasks.filter(isBeyondHelp).map(({ type, arguments: args }) => [type, ...args] as const),
  };
}

function isBeyondHelp({ status, error, because }: TaskState): boolean {
  if (status !== "failed" || error === undefined || because !== undefined) return false;
  return classifyFailure(error).class !== "data_quality_failure";
}
