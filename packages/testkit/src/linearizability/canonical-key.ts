/**
 * A text that two values share exactly when they are equal in structure, whatever the order of
 * their properties, map entries and set members.
 *
 * @throws TypeError for functions, symbols and instances of other classes: their contents cannot be
 *   seen, and states mistaken for equal would make a verdict wrong
 */
export function canonicalKey(value: unknown): string {
  if (typeof value === "string") return JSON.stringify(value);
  if (typeof value === "bigint") return `${value}n`;
  if (value === null || ["number", "boolean", "undefined"].includes(typeof value))
    return `${value}`;
  if (typeof value === "object") {
    if (Array.isArray(value)) return `[${value.map(canonicalKey).join()}]`;
    if (value instanceof Set) return `Set(${[...value].map(canonicalKey).sort().join()})`;
    if (value instanceof Map) return `Map(${entryKeys([...value])})`;
    const prototype = Object.getPrototypeOf(value);
    if (prototype === Object.prototype || prototype === null) {
      return `{${entryKeys(Object.entries(value))}}`;
    }
  }
  throw new TypeError(`no canonical key for ${String(value)}: give the model a key function`);
}

function entryKeys(entries: readonly (readonly [unknown, unknown])[]): string {
  return entries
    .map(([key, value]) => `${canonicalKey(key)}:${canonicalKey(value)}`)
    .sort()
    .join();
}
