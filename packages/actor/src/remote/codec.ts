import { Packr } from "msgpackr/pack";
import { UnsendableValueError } from "../errors.ts";

/** Says that there is a function; where it is is looked for afterwards, so that other values cost nothing more. */
class FunctionMet extends Error {}

const packr = Object.assign(new Packr({ useRecords: false }), {
  /** Asked by the library for what to write in place of a function; left to itself it writes nothing. */
  writeFunction: (): never => {
    throw new FunctionMet();
  },
});

/**
 * Plain data as MessagePack: what JSON can say, and bytes, dates, `undefined` and 64-bit integers.
 * A field named `__proto__` arrives as `__proto_`.
 *
 * @throws UnsendableValueError for a function, with its place; Error for what else it has no form for, such as symbols,
 *   circles, or greater integers
 */
export function pack(value: unknown): Uint8Array {
  try {
    return packr.pack(value);
  } catch (thrown) {
    throw thrown instanceof FunctionMet
      ? new UnsendableValueError(wayToFunction(value) ?? [])
      : thrown;
  }
}

/**
 * Reads what {@link pack} wrote. Bytes in it are views of `payload`.
 *
 * @throws Error when it is not MessagePack
 */
export function unpack(payload: Uint8Array): unknown {
  return packr.unpack(payload);
}

/** Where the first function is. */
function wayToFunction(value: unknown): readonly string[] | undefined {
  if (typeof value === "function") return [];
  if (typeof value !== "object" || value === null || ArrayBuffer.isView(value)) return undefined;
  const parts: Iterable<readonly [unknown, unknown]> =
    value instanceof Map ? value : Object.entries(value);
  for (const [name, part] of parts) {
    const way = wayToFunction(part);
    if (way !== undefined) return [String(name), ...way];
  }
  return undefined;
}
