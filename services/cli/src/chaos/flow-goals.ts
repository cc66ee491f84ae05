import { flowResultSchema } from "@troupe/goals";
import type { GoalSource, SourcedGoal } from "./goal-source.ts";

/** Tasks side by side in each goal. */
const parts = 8;
const partMs = 25;

/**
 * Goals of kind `flow`: tasks side by side, then one that brings their results together. They cost
 * little beside the machinery, so that many can be under way when something dies.
 */
export class FlowGoals implements GoalSource {
  readonly kind = "flow";
  readonly paceMs = 100;
  readonly openLimit = 48;

  async goal(number: number): Promise<SourcedGoal> {
    const id = `chaos-${String(number).padStart(4, "0")}`;
    const tasks = [
      { id: "part", type: "wait", copies: parts, input: { ms: partMs } },
      {
        id: "join",
        type: "pass",
        input: { number, parts: { $from: "part" } },
        dependsOn: ["part"],
      },
    ];
    return { id, document: { id, kind: "flow", tasks } };
  }

  async inspect(number: number, result: unknown): Promise<readonly string[]> {
    const read = flowResultSchema.safeParse(result);
    if (!read.success) return [`its result cannot be read: ${read.error.message}`];
    const { done, results } = read.data;
    const expected = { number, parts: Array.from({ length: parts }, () => ({ waitedMs: partMs })) };
    const isWhole = JSON.stringify(results["join"]) === JSON.stringify(expected);
    return [
      ...(done === parts + 1 ? [] : [`${done} tasks are done instead of ${parts + 1}`]),
      ...(isWhole ? [] : [`its result is ${JSON.stringify(results["join"])}`]),
    ];
  }
}
