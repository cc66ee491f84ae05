import { pack, unpack } from "../remote/codec.ts";

/** Makes what was sent unchangeable for both sides. Typed arrays can't be frozen and are left as they are. */
export function deepFreeze(value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  if (Object.isFrozen(value) || ArrayBuffer.isView(value)) return value;
  Object.freeze(value);
  if (Array.isArray(value)) for (const part of value) deepFreeze(part);
  else for (const key in value) deepFreeze((value as Record<string, unknown>)[key]);
  return value;
}

/** What the other side would get if it were on another node. */
export function copyByWire(value: unknown): unknown {
  // A copy of the bytes: what was packed next would otherwise write over them.
  return unpack(pack(value).slice());
}
