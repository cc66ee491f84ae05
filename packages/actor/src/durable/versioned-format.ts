import type { z } from "zod";
import { ensureError } from "../errors.ts";

/** For each older version, how its values become values of the next. Must be pure. */
export type Upcasters = Readonly<Record<number, (old: unknown) => unknown>>;

/** A format that values are stored in as JSON, with the way there from older versions. */
export interface VersionedFormat<Value> {
  /** What a value of the present version looks like after a round through JSON. */
  readonly schema: z.ZodType<Value>;
  /** Version that is written; a whole number, 1 for the first. */
  readonly version: number;
  /** Default none: older versions cannot be read. */
  readonly upcast?: Upcasters;
}

/** Why a value cannot be read; its finder says where it is stored. */
export class NotReadable extends Error {}

/**
 * A stored value, led to the present version.
 *
 * @throws NotReadable for a newer version, one that nothing leads on from, or a wrong shape
 */
export function readVersioned<Value>(
  format: VersionedFormat<Value>,
  version: unknown,
  stored: unknown,
): Value {
  if (typeof version !== "number") throw new NotReadable("it has no version");
  if (version > format.version) {
    throw new NotReadable(`it has version ${version}, and ${format.version} is known here`);
  }
  let value = stored;
  for (let from = version; from < format.version; from += 1) {
    const step = format.upcast?.[from];
    if (step === undefined) throw new NotReadable(`nothing leads from version ${from} on`);
    try {
      value = step(value);
    } catch (cause) {
      throw new NotReadable(
        `the upcast from version ${from} failed: ${ensureError(cause).message}`,
        { cause },
      );
    }
  }
  const parsed = format.schema.safeParse(value);
  if (!parsed.success) throw new NotReadable(parsed.error.message, { cause: parsed.error });
  return parsed.data;
}
