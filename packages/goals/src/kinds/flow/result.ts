import { z } from "zod";
import type { GoalState } from "../../goal/state.ts";
import { flowOf, tasksOf } from "./orders.ts";

/** Most failures that are listed. */
const listedFailures = 100;
/** Most bytes of results, as JSON: what is larger belongs in a file. */
const resultBytes = 256 * 1024;

/** What came of a flow. */
export const flowResultSchema = z.object({
  done: z.number(),
  failed: z.number(),
  skipped: z.number(),
  /** What the tasks found out that nothing depends on; of copies, only how many there are. */
  results: z.record(z.string(), z.unknown()),
  failures: z.array(z.object({ task: z.string(), code: z.string(), message: z.string() })),
});
export type FlowResult = z.output<typeof flowResultSchema>;

/** What is told of a flow at its end. */
export function flowResult(state: GoalState): FlowResult {
  const { done, failed, skipped } = state.counts;
  const tasks = tasksOf(flowOf(state));
  const needed = new Set(
    [...tasks.values()].flatMap(({ dependsOn }) =>
      dependsOn.map((edge) => (typeof edge === "string" ? edge : edge.task)),
    ),
  );
  const results: Record<string, unknown> = {};
  let room = resultBytes;
  for (const { id, copies } of tasks.values()) {
    if (needed.has(id)) continue;
    const facts = copies === undefined ? (state.tasks[id]?.facts ?? null) : { copies };
    room -= JSON.stringify(facts).length;
    results[id] = room >= 0 ? facts : "too large to be told here";
  }
  const failures = Object.values(state.tasks)
    .filter(({ status, error }) => status === "failed" && error !== undefined)
    .slice(0, listedFailures)
    .map(({ id, error }) => ({
      task: id,
      code: error?.code ?? "internal",
      message: error?.message ?? "failed",
    }));
  return { done, failed, skipped, results, failures };
}
