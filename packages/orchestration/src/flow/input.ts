/** What stands in an input for something that is known only when the task is ordered. */
export interface InputSource {
  /** Result of a task that is done, or `undefined`: it was skipped or failed and that was allowed. */
  resultOf(task: string): unknown;
  /** Number of the copy, for tasks with copies. */
  readonly copy?: number;
}

/** Tasks whose results an input refers to, each once. */
export function referencesIn(input: unknown): readonly string[] {
  const found = new Set<string>();
  walk(input, (task) => found.add(task));
  return [...found];
}

/**
 * An input with everything filled in: `{"$from": "load", "at": "rows.count"}` becomes what the task
 * `load` found out at that path, all of it without `at`, and `null` where there is nothing;
 * `"$copy"` becomes the number of the copy.
 */
export function fillInput(input: unknown, source: InputSource): unknown {
  if (input === "$copy" && source.copy !== undefined) return source.copy;
  if (Array.isArray(input)) return input.map((item) => fillInput(item, source));
  if (typeof input !== "object" || input === null) return input;
  const reference = readReference(input);
  if (reference !== undefined) return valueAt(source.resultOf(reference.task), reference.path);
  return Object.fromEntries(
    Object.entries(input).map(([name, value]) => [name, fillInput(value, source)]),
  );
}

function walk(input: unknown, tell: (task: string) => void): void {
  if (Array.isArray(input)) {
    for (const item of input) walk(item, tell);
  } else if (typeof input === "object" && input !== null) {
    const reference = readReference(input);
    if (reference !== undefined) tell(reference.task);
    else for (const value of Object.values(input)) walk(value, tell);
  }
}

interface Reference {
  readonly task: string;
  readonly path: readonly string[];
}

function readReference(value: object): Reference | undefined {
  const { $from: task, at } = value as { readonly $from?: unknown; readonly at?: unknown };
  if (typeof task !== "string") return undefined;
  return { task, path: typeof at === "string" && at !== "" ? at.split(".") : [] };
}

function valueAt(value: unknown, path: readonly string[]): unknown {
  let found = value;
  for (const name of path) {
    if (typeof found !== "object" || found === null || !Object.hasOwn(found, name)) return null;
    found = (found as Readonly<Record<string, unknown>>)[name];
  }
  return found ?? null;
}
