import { Decoder, Encoder } from "@msgpack/msgpack";

const encoder = new Encoder({ ignoreUndefined: true });
const decoder = new Decoder();

/** Makes what was sent unchangeable for both sides. Typed arrays can't be frozen and are left as they are. */
export function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null || Object.isFrozen(value)) return value;
  if (ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  for (const part of Object.values(value)) deepFreeze(part);
  return value;
}

/** What the other side would get if it were on another node. */
export function copyByWire(value: unknown): unknown {
  return value === undefined ? undefined : decoder.decode(encoder.encode(value));
}
