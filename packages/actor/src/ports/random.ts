import { randomBytes } from "node:crypto";

/** The only source of randomness. Seeded in tests and simulations. */
export interface Random {
  /** A uniform number in [0, 1). */
  next(): number;
  /** `bytes` random bytes as lower-case hexadecimal; for identifiers. */
  hex(bytes: number): string;
}

/** Randomness from the operating system. */
export const systemRandom: Random = {
  next: () => randomBytes(6).readUIntBE(0, 6) / 2 ** 48,
  hex: (bytes) => randomBytes(bytes).toString("hex"),
};
