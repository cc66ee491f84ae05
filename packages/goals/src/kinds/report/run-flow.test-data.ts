import { noTracer } from "@troupe/actor";
import type { Tool } from "@troupe/agents";
import { expandFlow, type Flow, fillInput, readFlow, TaskTypes } from "@troupe/orchestration";

/** How the tasks of a flow ended. */
export interface FlowRun {
  readonly results: ReadonlyMap<string, unknown>;
  /** Messages by task; those that a failed task kept from running have none. */
  readonly failures: ReadonlyMap<string, string>;
  readonly skipped: readonly string[];
}

/** Runs a flow as nodes would, in order of dependency, each result through JSON as on a message. */
export async function runFlow(
  document: Flow,
  tools: readonly Tool[],
  goal: string,
  attempt = 1,
): Promise<FlowRun> {
  const flow = readFlow(JSON.parse(JSON.stringify(document)), new TaskTypes(tools));
  const results = new Map<string, unknown>();
  const failures = new Map<string, string>();
  const skipped: string[] = [];
  const waiting = [...expandFlow(flow)];
  const hasEnded = (task: string): boolean =>
    results.has(task) || failures.has(task) || skipped.includes(task);
  while (waiting.length > 0) {
    const next = waiting.findIndex(({ dependsOn }) =>
      dependsOn.every(({ task }) => hasEnded(task)),
    );
    const [task] = waiting.splice(next, 1);
    const tool = tools.find(({ type }) => type === task?.type);
    if (task === undefined || tool === undefined) throw new Error(`no tool for '${task?.type}'`);
    if (task.dependsOn.some((edge) => edge.onFailure !== "continue" && !results.has(edge.task))) {
      skipped.push(task.id);
      continue;
    }
    try {
      const input = fillInput(task.input, { resultOf: (id) => results.get(id) });
      const result = await tool.run(tool.input.parse(input), {
        goal,
        task: task.id,
        attempt,
        signal: new AbortController().signal,
        span: noTracer.start(task.id),
      });
      results.set(task.id, JSON.parse(JSON.stringify(result)));
    } catch (error) {
      failures.set(task.id, error instanceof Error ? error.message : String(error));
    }
  }
  return { results, failures, skipped };
}
