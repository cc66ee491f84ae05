import { DuplicateTaskError } from "./errors.ts";
import { validateGraph } from "./task-graph.ts";

/** A task as far as its place in a graph goes. */
export interface GraphNode {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/** A validated graph in which tasks are numbers: their positions in the list it was made from. */
export interface IndexedGraph {
  /** For each task those it waits for, each once. */
  readonly dependencies: readonly (readonly number[])[];
  /** For each task those that wait for it. */
  readonly dependents: readonly (readonly number[])[];
  /** All tasks, each after everything it depends on. */
  readonly order: readonly number[];
}

/**
 * Validates a list of tasks and numbers them.
 *
 * @throws DuplicateTaskError naming an identifier that two tasks have
 * @throws UnknownDependencyError naming a dependency that is not in the list
 * @throws CyclicDependencyError naming the tasks of one circle in order
 */
export function indexGraph(tasks: readonly GraphNode[]): IndexedGraph {
  const indexOf = new Map<string, number>();
  for (const [index, { id }] of tasks.entries()) {
    if (indexOf.has(id)) throw new DuplicateTaskError(id);
    indexOf.set(id, index);
  }
  validateGraph(Object.fromEntries(tasks.map(({ id, dependsOn }) => [id, dependsOn])));
  const dependencies = tasks.map(({ dependsOn }) =>
    [...new Set(dependsOn)].flatMap((id) => indexOf.get(id) ?? []),
  );
  const dependents: number[][] = tasks.map(() => []);
  for (const [task, needed] of dependencies.entries()) {
    for (const dependency of needed) dependents[dependency]?.push(task);
  }
  return { dependencies, dependents, order: topologicalOrder(dependencies, dependents) };
}

function topologicalOrder(
  dependencies: readonly (readonly number[])[],
  dependents: readonly (readonly number[])[],
): readonly number[] {
  const waitingFor = dependencies.map((needed) => needed.length);
  const order = waitingFor.flatMap((count, task) => (count === 0 ? [task] : []));
  // Grows while it is read: a task is appended when the last one it waits for is reached.
  for (const task of order) {
    for (const dependent of dependents[task] ?? []) {
      const left = (waitingFor[dependent] ?? 0) - 1;
      waitingFor[dependent] = left;
      if (left === 0) order.push(dependent);
    }
  }
  return order;
}
