import { randomFillSync } from "node:crypto";

/** The only source of randomness. Seeded in tests and simulations. */
export interface Random {
  /** A uniform number in [0, 1). */
  next(): number;
  /** `bytes` random bytes as lower-case hexadecimal, at most 4096; for identifiers. */
  hex(bytes: number): string;
}

/** Bytes drawn ahead: to ask the operating system for eight at a time costs more than a span does. */
const pool = Buffer.alloc(4096);
let used = pool.length;

/** Where the next `bytes` of the pool begin. */
function draw(bytes: number): number {
  if (used + bytes > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  used += bytes;
  return used - bytes;
}

/** Randomness from the operating system. */
export const systemRandom: Random = {
  next: () => pool.readUIntBE(draw(6), 6) / 2 ** 48,
  hex: (bytes) => {
    const begin = draw(bytes);
    return pool.toString("hex", begin, begin + bytes);
  },
};
