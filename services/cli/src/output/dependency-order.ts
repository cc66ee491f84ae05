interface Dependent {
  readonly id: string;
  readonly dependsOn: readonly string[];
}

/** The tasks so that each stands after what it depends on; otherwise their order is kept. */
export function inDependencyOrder<T extends Dependent>(tasks: readonly T[]): readonly T[] {
  const waiting = [...tasks];
  const absent = new Set(tasks.flatMap(({ dependsOn }) => dependsOn));
  for (const { id } of tasks) absent.delete(id);
  const placed = absent;
  const ordered: T[] = [];
  while (waiting.length > 0) {
    const free = waiting.findIndex(({ dependsOn }) => dependsOn.every((id) => placed.has(id)));
    // A cycle can't come from a plan; if one is told nevertheless, its tasks are shown all the same.
    const [task] = waiting.splice(Math.max(0, free), 1);
    if (task === undefined) break;
    placed.add(task.id);
    ordered.push(task);
  }
  return ordered;
}
