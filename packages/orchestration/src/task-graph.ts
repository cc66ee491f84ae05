import { CyclicDependencyError, UnknownDependencyError } from "./errors.ts";

/** For each task the tasks that must be done before it starts. */
export type Dependencies = Readonly<Record<string, readonly string[]>>;

/**
 * Checks a graph before anything runs in it.
 *
 * @throws UnknownDependencyError naming a dependency that is not a task of the graph
 * @throws CyclicDependencyError naming the tasks of one circle in order
 */
export function validateGraph(dependencies: Dependencies): void {
  for (const [task, needed] of Object.entries(dependencies)) {
    for (const dependency of needed) {
      if (!Object.hasOwn(dependencies, dependency)) {
        throw new UnknownDependencyError(task, dependency);
      }
    }
  }
  const cycle = findCycle(dependencies);
  if (cycle !== undefined) throw new CyclicDependencyError(cycle);
}

/** One circle of dependencies, first task repeated at the end, or `undefined` when there is none. */
function findCycle(dependencies: Dependencies): readonly string[] | undefined {
  const finished = new Set<string>();
  for (const root of Object.keys(dependencies)) {
    const path: string[] = [];
    const onPath = new Set<string>();
    const stack: Array<{ readonly task: string; next: number }> = [{ task: root, next: 0 }];
    for (let top = stack.at(-1); top !== undefined; top = stack.at(-1)) {
      const needed = dependencies[top.task] ?? [];
      if (top.next === 0) {
        path.push(top.task);
        onPath.add(top.task);
      }
      const dependency = finished.has(top.task) ? undefined : needed[top.next];
      top.next += 1;
      if (dependency === undefined) {
        finished.add(top.task);
        onPath.delete(top.task);
        path.pop();
        stack.pop();
      } else if (onPath.has(dependency)) {
        return [...path.slice(path.indexOf(dependency)), dependency];
      } else if (!finished.has(dependency)) {
        stack.push({ task: dependency, next: 0 });
      }
    }
  }
  return undefined;
}
