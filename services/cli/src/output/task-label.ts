import { printable } from "./text.ts";

interface Named {
  readonly id: string;
  readonly type: string;
  readonly arguments: readonly string[];
}

/** How a task is called in front of people: what is done to what, else what its author calls it. */
export function taskLabel(task: Named): string {
  const { id, type, arguments: to } = task;
  return printable(to.length === 0 && id !== type ? `${id} (${type})` : [type, ...to].join(" "));
}

/** The label of a task known by its id, else the id. */
export function labelOf(id: string, tasks: Readonly<Record<string, Named>>): string {
  const task = tasks[id];
  return task === undefined ? printable(id) : taskLabel(task);
}

/** A list in words: `a`, `a and b`, `a, b and c`. */
export function listed(names: readonly string[]): string {
  if (names.length < 2) return names.join("");
  return `${names.slice(0, -1).join(", ")} and ${names.at(-1)}`;
}
