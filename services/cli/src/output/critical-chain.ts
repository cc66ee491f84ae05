import type { GoalView } from "@troupe/goals";

type ViewedTask = GoalView["task"][number];

/** The tasks that decided how long the work took, first to last. */
export interface CriticalChain {
  readonly tasks: readonly ViewedTask[];
  /** What they took together, milliseconds. */
  readonly durationMs: number;
}

/**
 * The longest chain of finished tasks by the durations that were measured, along the dependencies.
 * Tasks whose dependencies are not in the list begin a chain.
 */
export function criticalChain(tasks: readonly ViewedTask[]): CriticalChain {
  const byId = new Map(tasks.filter(({ status }) => status === "done").map((t) => [t.id, t]));
  const longest = new Map<string, CriticalChain>();
  const chainTo = (task: ViewedTask): CriticalChain => {
    const known = longest.get(task.id);
    if (known !== undefined) return known;
    let before: CriticalChain = { tasks: [], durationMs: 0 };
    for (const id of task.dependsOn) {
      const needed = byId.get(id);
      if (needed === undefined) continue;
      const chain = chainTo(needed);
      if (chain.durationMs > before.durationMs || before.tasks.length === 0) before = chain;
    }
    const chain = {
      tasks: [...before.tasks, task],
      durationMs: before.durationMs + (task.durationMs ?? 0),
    };
    longest.set(task.id, chain);
    return chain;
  };
  let critical: CriticalChain = { tasks: [], durationMs: 0 };
  for (const task of byId.values()) {
    const chain = chainTo(task);
    if (chain.durationMs > critical.durationMs) critical = chain;
  }
  return critical;
}
