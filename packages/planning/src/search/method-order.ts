import type { Domain, Method } from "../domain/domain.ts";
import { reachableNames } from "./pull-up.ts";

/**
 * The domain with the methods of each task that lead back to the task before the others, or after them; `undefined`
 * where they stand so already.
 *
 * Which method is tried first decides how long a depth-first search takes, never whether there is a plan. Domains list
 * their methods as their authors saw fit: one that ends a recursion may stand where it ends it too early every time, one
 * that goes on where it goes on for ever.
 */
export function withRecursion(where: "first" | "last", domain: Domain): Domain | undefined {
  const recursive = new Set<Method>();
  for (const method of domain.methods) {
    const below = reachableNames(
      domain,
      method.subtasks.map(([name]) => name),
    );
    if (below.has(method.task[0])) recursive.add(method);
  }
  let changed = false;
  const methodsByTask = new Map<string, readonly Method[]>();
  for (const [task, methods] of domain.methodsByTask) {
    const back = methods.filter((each) => recursive.has(each));
    const on = methods.filter((each) => !recursive.has(each));
    const sorted = where === "first" ? [...back, ...on] : [...on, ...back];
    if (sorted.some((each, i) => each !== methods[i])) changed = true;
    methodsByTask.set(task, sorted);
  }
  return changed ? { ...domain, methodsByTask } : undefined;
}
