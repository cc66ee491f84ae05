/** Where something recorded is not what it is found to be again. */
export interface Difference {
  /** Fields and positions joined by dots; empty when the two differ as a whole. */
  readonly path: string;
  /** Both as JSON, cut when long; absent where there is no such field. */
  readonly recorded?: string;
  readonly derived?: string;
}

/** Longest value that is shown of a difference, characters. */
const shownLimit = 200;

/**
 * The first place where two values differ as JSON, in the order of the recorded fields; `undefined`
 * when they are equal. Order of fields does not matter, and fields that JSON leaves out are not there.
 */
export function firstDifference(recorded: unknown, derived: unknown): Difference | undefined {
  return compare(asJson(recorded), asJson(derived), []);
}

function compare(
  recorded: unknown,
  derived: unknown,
  path: readonly (string | number)[],
): Difference | undefined {
  if (Object.is(recorded, derived)) return undefined;
  if (!isStructure(recorded) || !isStructure(derived) || isList(recorded) !== isList(derived)) {
    return {
      path: path.join("."),
      ...(recorded === undefined ? {} : { recorded: shown(recorded) }),
      ...(derived === undefined ? {} : { derived: shown(derived) }),
    };
  }
  for (const key of new Set([...Object.keys(recorded), ...Object.keys(derived)])) {
    const difference = compare(fieldOf(recorded, key), fieldOf(derived, key), [...path, key]);
    if (difference !== undefined) return difference;
  }
  return undefined;
}

function asJson(value: unknown): unknown {
  const text = JSON.stringify(value);
  return text === undefined ? undefined : JSON.parse(text);
}

function isStructure(value: unknown): value is object {
  return typeof value === "object" && value !== null;
}

function isList(value: object): boolean {
  return Array.isArray(value);
}

function fieldOf(value: object, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key as keyof typeof value] : undefined;
}

function shown(value: unknown): string {
  const text = JSON.stringify(value);
  return text.length <= shownLimit ? text : `${text.slice(0, shownLimit - 1)}…`;
}
