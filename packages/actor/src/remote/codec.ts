import { Packr } from "msgpackr/pack";

const packr = new Packr({ useRecords: false });

/**
 * Plain data as MessagePack: what JSON can say, and bytes, dates, `undefined` and 64-bit integers.
 * Functions are left out, and a field named `__proto__` arrives as `__proto_`.
 *
 * @throws Error for what it has no form for, such as symbols, circles, or greater integers
 */
export function pack(value: unknown): Uint8Array {
  return packr.pack(value);
}

/**
 * Reads what {@link pack} wrote. Bytes in it are views of `payload`.
 *
 * @throws Error when it is not MessagePack
 */
export function unpack(payload: Uint8Array): unknown {
  return packr.unpack(payload);
}
