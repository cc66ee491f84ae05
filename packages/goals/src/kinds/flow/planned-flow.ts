import { type Flow, type FlowTask, indexGraph } from "@troupe/orchestration";
import type { GoalTask } from "../../goal/records.ts";
import type { PlannedWork } from "../kind.ts";

/** A flow in the coordinator's terms. Copies stay one entry: the journal need not list them. */
export function plannedFlow(flow: Flow): PlannedWork {
  return {
    plan: flow,
    tasks: flow.tasks.map(goalTask),
    confidence: 1,
    criticalPath: criticalPath(flow.tasks),
    risks: [],
  };
}

function goalTask(task: FlowTask): GoalTask {
  const { id, type, copies, retry, timeoutMs, expectedMs, speculateAfter, resources } = task;
  const edges = edgesOf(task);
  const tolerates = edges.flatMap(({ task: on, onFailure }) =>
    onFailure === "fail" ? [] : [[on, onFailure] as const],
  );
  return {
    id,
    type,
    arguments: [],
    dependsOn: edges.map((edge) => edge.task),
    ...(tolerates.length === 0 ? {} : { tolerates: Object.fromEntries(tolerates) }),
    ...(copies === undefined ? {} : { copies }),
    ...(retry === undefined ? {} : { retries: retry.limit, retryDelayMs: retry.delayMs }),
    ...(timeoutMs === undefined ? {} : { timeoutMs }),
    ...(expectedMs === undefined ? {} : { expectedMs }),
    ...(speculateAfter === undefined ? {} : { speculateAfter }),
    ...(resources === undefined ? {} : { resources }),
  };
}

/** The dependencies of a task, each with what its failure means. */
function edgesOf({ dependsOn }: FlowTask) {
  return dependsOn.map((edge) =>
    typeof edge === "string" ? { task: edge, onFailure: "fail" as const } : edge,
  );
}

/** The longest way through the graph; tasks that do not say how long they take count as equal. */
function criticalPath(tasks: readonly FlowTask[]): readonly string[] {
  const { dependencies, order } = indexGraph(
    tasks.map((task) => ({ id: task.id, dependsOn: edgesOf(task).map((edge) => edge.task) })),
  );
  const length: number[] = [];
  const before: (number | undefined)[] = [];
  for (const task of order) {
    const longest = longestOf(dependencies[task] ?? [], length);
    before[task] = longest;
    const until = longest === undefined ? 0 : (length[longest] ?? 0);
    length[task] = until + (tasks[task]?.expectedMs ?? 1);
  }
  const path: string[] = [];
  for (let at = longestOf(order, length); at !== undefined; at = before[at]) {
    path.unshift(tasks[at]?.id ?? "");
  }
  return path;
}

function longestOf(among: readonly number[], length: readonly number[]): number | undefined {
  return among.reduce<number | undefined>(
    (best, task) => (best === undefined || (length[task] ?? 0) > (length[best] ?? 0) ? task : best),
    undefined,
  );
}
