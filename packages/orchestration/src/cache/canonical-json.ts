import { NotPlainDataError } from "../errors.ts";

/** Deeper than this is taken for a circle. */
const deepest = 200;

/**
 * The one JSON text of a value, by RFC 8785 (JSON Canonicalization Scheme): keys sorted by UTF-16
 * code units, no white space, numbers and strings as ECMAScript writes them, so -0 is 0.
 *
 * Like `JSON.stringify`, it leaves out fields that are undefined and writes null for undefined in a
 * list. Unlike it, it refuses what JSON would change in silence, with the place: NaN and Infinity,
 * bigints, functions, symbols, objects of a class (dates, maps, byte arrays), half of a surrogate
 * pair, and what is nested deeper than 200 levels or in a circle.
 *
 * @returns undefined for undefined
 * @throws NotPlainDataError
 */
export function canonicalJson(value: unknown): string | undefined {
  return value === undefined ? undefined : write(value, "$", 0);
}

function write(value: unknown, place: string, depth: number): string {
  switch (typeof value) {
    case "boolean":
      return String(value);
    case "number":
      if (!Number.isFinite(value)) throw new NotPlainDataError(place, String(value));
      return JSON.stringify(value);
    case "string":
      return writeString(value, place);
    case "undefined":
      return "null";
    case "object":
      if (value === null) return "null";
      if (depth === deepest) {
        throw new NotPlainDataError(place.slice(0, 60), "nested too deep, or in a circle");
      }
      return Array.isArray(value)
        ? `[${Array.from(value, (item, i) => write(item, `${place}[${i}]`, depth + 1)).join(",")}]`
        : writeObject(value, place, depth);
    default:
      throw new NotPlainDataError(place, `a ${typeof value}`);
  }
}

function writeObject(value: object, place: string, depth: number): string {
  const prototype: unknown = Object.getPrototypeOf(value);
  if (prototype !== Object.prototype && prototype !== null) {
    throw new NotPlainDataError(place, `an object of class ${value.constructor.name}`);
  }
  const fields = Object.entries(value)
    .filter(([, field]) => field !== undefined)
    // By UTF-16 code units, as the comparison of strings is; never two of one name.
    .sort(([one], [other]) => (one < other ? -1 : 1))
    .map(([name, field]) => {
      const at = `${place}.${name}`;
      return `${writeString(name, at)}:${write(field, at, depth + 1)}`;
    });
  return `{${fields.join(",")}}`;
}

function writeString(text: string, place: string): string {
  if (!text.isWellFormed()) throw new NotPlainDataError(place, "a string with half a character");
  return JSON.stringify(text);
}
