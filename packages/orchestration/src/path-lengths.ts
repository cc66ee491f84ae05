import type { IndexedGraph } from "./index-graph.ts";

/**
 * Upward rank of each task (HEFT): the longest path from its start to the end of the graph. Who
 * starts the task of the highest rank first never lets the critical path wait for a shorter one.
 */
export function upwardRanks(
  { dependents, order }: Pick<IndexedGraph, "dependents" | "order">,
  durations: readonly number[],
): readonly number[] {
  const ranks = durations.map(() => 0);
  for (const task of order.toReversed()) {
    const after = longest(ranks, dependents[task]);
    ranks[task] = (durations[task] ?? 0) + after;
  }
  return ranks;
}

/** Duration of the longest chain of tasks: no number of workers can be quicker. */
export function criticalPathLength(
  { dependencies, order }: Pick<IndexedGraph, "dependencies" | "order">,
  durations: readonly number[],
): number {
  // Added up from the start as a schedule does, so that no rounding puts a schedule below it.
  const ends = durations.map(() => 0);
  for (const task of order) {
    ends[task] = longest(ends, dependencies[task]) + (durations[task] ?? 0);
  }
  return ends.reduce((most, end) => Math.max(most, end), 0);
}

function longest(lengths: readonly number[], among: readonly number[] = []): number {
  let most = 0;
  for (const task of among) most = Math.max(most, lengths[task] ?? 0);
  return most;
}
