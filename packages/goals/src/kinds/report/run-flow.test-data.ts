import { noTracer } from "@troupe/actor";
import type { Tool } from "@troupe/agents";
import { type Flow, readFlow, TaskTypes } from "@troupe/orchestration";
import { applyRecords } from "../../goal/apply-records.ts";
import { droppedTasks } from "../../goal/dropped-tasks.ts";
import type { GoalRecord } from "../../goal/records.ts";
import { type GoalState, isSettled, unknownGoal } from "../../goal/state.ts";
import { flowOrder } from "../flow/orders.ts";
import { plannedFlow } from "../flow/planned-flow.ts";

/** How the tasks of a flow ended. */
export interface FlowRun {
  readonly results: ReadonlyMap<string, unknown>;
  /** Messages by task; those that a failed task kept from running have none. */
  readonly failures: ReadonlyMap<string, string>;
  /** Tasks that another kept from running. */
  readonly skipped: readonly string[];
}

/** Runs a flow as a goal would, task by task, each result through JSON as on a message. */
export async function runFlow(
  document: Flow,
  tools: readonly Tool[],
  goal: string,
  attempt = 1,
): Promise<FlowRun> {
  const flow = readFlow(JSON.parse(JSON.stringify(document)), new TaskTypes(tools));
  const { tasks } = plannedFlow(flow);
  let state = applyRecords(
    unknownGoal(goal),
    [
      {
        type: "planned",
        plan: flow,
        tasks: [...tasks],
        confidence: 1,
        criticalPath: [],
        risks: [],
      },
    ],
    0,
  );
  const failures = new Map<string, string>();
  for (let next = ready(state); next !== undefined; next = ready(state)) {
    const { id: task, type } = next;
    const tool = tools.find((one) => one.type === type);
    if (tool === undefined) throw new Error(`no tool for '${type}'`);
    const ended = { task, attempt, by: "n/reporter" };
    let record: GoalRecord;
    try {
      const { input } = flowOrder(next, state, flow);
      const result = await tool.run(tool.input.parse(input), {
        goal,
        task,
        attempt,
        signal: new AbortController().signal,
        span: noTracer.start(task),
      });
      const facts: unknown = JSON.parse(JSON.stringify(result));
      record = { type: "task-done", ...ended, durationMs: 1, facts };
    } catch (thrown) {
      const message = thrown instanceof Error ? thrown.message : String(thrown);
      failures.set(task, message);
      const error = { code: "x", message, retryable: false };
      const classified = { class: "unknown", strategy: "fallback", evidence: "" };
      record = { type: "task-failed", ...ended, error, classified, answer: "give-up" };
    }
    state = applyRecords(state, [record], 0);
    state = applyRecords(state, droppedTasks(state), 0);
  }
  const all = Object.values(state.tasks);
  return {
    results: new Map(
      all.flatMap(({ id, status, facts }) => (status === "done" ? [[id, facts]] : [])),
    ),
    failures,
    skipped: all.flatMap(({ id, status }) => (status !== "done" && !failures.has(id) ? [id] : [])),
  };
}

function ready({ tasks }: GoalState) {
  return Object.values(tasks).find(
    (task) =>
      task.status === "waiting" &&
      task.dependsOn.every((id) => {
        const other = tasks[id];
        return other !== undefined && isSettled(other);
      }),
  );
}
