import { NotReadable } from "./versioned-format.ts";

const encoder = new TextEncoder();
const decoder = new TextDecoder();

/** A value as it is stored. */
export function toJsonBytes(value: unknown): Uint8Array {
  return encoder.encode(JSON.stringify(value));
}

/** The fields of a stored JSON object. Throws `NotReadable` for anything else. */
export function fromJsonBytes(payload: Uint8Array): Readonly<Record<string, unknown>> {
  let value: unknown;
  try {
    value = JSON.parse(decoder.decode(payload));
  } catch (cause) {
    throw new NotReadable("it is not JSON", { cause });
  }
  if (typeof value !== "object" || value === null) throw new NotReadable("it is not an object");
  return { ...value };
}
