import { type FlowTask, fillInput, flowSchema } from "@troupe/orchestration";
import { isUndo, undoPrefix } from "../../goal/dropped-tasks.ts";
import type { GoalTask } from "../../goal/records.ts";
import type { GoalState, TaskState } from "../../goal/state.ts";
import type { TaskInput } from "../kind.ts";

/** What the agent that wins a task of a flow needs to do it: its input, results of others filled in. */
export function flowOrder(task: TaskState, state: GoalState, flow: object): TaskInput {
  const tasks = tasksOf(flow);
  const name = isUndo(task) ? task.id.slice(undoPrefix.length) : task.id;
  const subject = isUndo(task) ? state.tasks[name] : task;
  const written = tasks.get(subject?.of ?? name);
  const input = isUndo(task) ? written?.compensate?.input : written?.input;
  const filled = fillInput(input ?? {}, {
    resultOf: (id) => resultOf(id, tasks, state),
    ...(subject?.copy === undefined ? {} : { copy: subject.copy }),
  });
  return {
    input: filled,
    bytes: JSON.stringify(filled).length,
    ...(written?.cached === true && !isUndo(task) ? { cached: true } : {}),
  };
}

/**
 * What undoes the tasks that say how, the last one first. Also those that were begun: they may have
 * been done. One that can't be undone does not keep the others from it.
 */
export function flowCompensation(state: GoalState): readonly GoalTask[] {
  const tasks = tasksOf(flowOf(state));
  const begun = Object.values(state.tasks)
    .filter(({ status }) => status === "done" || status === "awarded")
    .sort((a, b) => lastActive(b) - lastActive(a));
  const undone: GoalTask[] = [];
  for (const { id, of } of begun) {
    const undo = tasks.get(of ?? id)?.compensate;
    if (undo === undefined) continue;
    const before = undone.at(-1)?.id;
    undone.push({
      id: `${undoPrefix}${id}`,
      type: undo.type,
      arguments: [],
      dependsOn: before === undefined ? [] : [before],
      ...(before === undefined ? {} : { tolerates: { [before]: "continue" as const } }),
    });
  }
  return undone;
}

/** What is under way comes after all that has ended, whatever became of its earlier attempts. */
function lastActive({ status, endedAt = 0 }: TaskState): number {
  return status === "awarded" ? Number.MAX_VALUE : endedAt;
}

/**
 * The flow of a goal: what a model or outline has planned, else what the goal's document says itself, which
 * no plan repeats. Empty while neither is there.
 */
export function flowOf({ plan, goal }: GoalState): object {
  return typeof plan === "object" && plan !== null ? plan : goal;
}

/** The tasks of a flow by name, of the document of a goal too; none of what is no flow. */
export function tasksOf(flow: object): ReadonlyMap<string, FlowTask> {
  let tasks = byFlow.get(flow);
  if (tasks === undefined) {
    const { id: _id, kind: _kind, ...written } = flow as Readonly<Record<string, unknown>>;
    const read = flowSchema.safeParse(written);
    tasks = new Map(read.data?.tasks.map((task) => [task.id, task]));
    byFlow.set(flow, tasks);
  }
  return tasks;
}

/** A flow is read once, not for each of its tasks. */
const byFlow = new WeakMap<object, ReadonlyMap<string, FlowTask>>();

/** What a task found out; for a task with copies, what each of them did, in order. */
function resultOf(id: string, tasks: ReadonlyMap<string, FlowTask>, state: GoalState): unknown {
  const copies = tasks.get(id)?.copies;
  if (copies === undefined) return state.tasks[id]?.facts;
  return Array.from({ length: copies }, (_, copy) => state.tasks[`${id}.${copy}`]?.facts ?? null);
}
