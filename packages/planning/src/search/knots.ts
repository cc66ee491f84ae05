import type { Domain } from "../domain/domain.ts";

/**
 * Tasks that may contain themselves with something still to do afterwards.
 *
 * A task that ends in itself comes back to the same facts and the same tasks left, which the search sees. One
 * that has work left after itself would pile up that work for ever, so its openings must be watched.
 */
export function knotsOf(domain: Domain): ReadonlySet<string> {
  const below = new Map<string, Set<string>>();
  for (const task of domain.tasks.keys()) {
    const found = new Set<string>();
    const add = (name: string) => {
      for (const method of domain.methodsByTask.get(name) ?? []) {
        for (const [subtask] of method.subtasks) if (domain.tasks.has(subtask)) found.add(subtask);
      }
    };
    add(task);
    for (const each of found) add(each);
    below.set(task, found);
  }
  const knots = new Set<string>();
  for (const method of domain.methods) {
    const [task] = method.task;
    method.subtasks.forEach(([subtask], i) => {
      const last = method.sequential && i === method.subtasks.length - 1;
      if (last || !domain.tasks.has(subtask)) return;
      if (subtask !== task && below.get(subtask)?.has(task) !== true) return;
      for (const each of domain.tasks.keys()) {
        const circle = each === task || (below.get(task)?.has(each) && below.get(each)?.has(task));
        if (circle) knots.add(each);
      }
    });
  }
  return knots;
}
