/** Deepest nesting of data from outside: deeper ones would exhaust the stack of whatever walks them. */
const depthLimit = 64;

/** A part of a document that must not be walked, and why. */
export interface HostilePart {
  /** Where in the document, for example `tasks.2.input`. */
  readonly path: string;
  readonly message: string;
}

/**
 * Names that change the prototype of whatever object they are copied to, and nesting of more than 64
 * levels, which exhausts the stack: to be looked for before a schema walks a document.
 *
 * @param document JSON data that somebody else wrote
 * @returns the first such part; undefined when there is none
 */
export function hostilePart(document: unknown): HostilePart | undefined {
  return hostileIn(document, [], 0);
}

function hostileIn(
  value: unknown,
  path: readonly string[],
  depth: number,
): HostilePart | undefined {
  if (typeof value !== "object" || value === null) return undefined;
  if (depth >= depthLimit) {
    return { path: path.join("."), message: `nested deeper than ${depthLimit} levels` };
  }
  for (const [name, part] of Object.entries(value)) {
    const reachesPrototype =
      name === "__proto__" ||
      (name === "constructor" &&
        typeof part === "object" &&
        part !== null &&
        Object.hasOwn(part, "prototype"));
    if (reachesPrototype) {
      return { path: [...path, name].join("."), message: "this name is not allowed" };
    }
    const found = hostileIn(part, [...path, name], depth + 1);
    if (found !== undefined) return found;
  }
  return undefined;
}
