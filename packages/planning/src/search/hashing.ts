/** Murmur3's finaliser: spreads every bit of a 32-bit integer over all others. */
function spread(value: number): number {
  let h = value | 0;
  h = Math.imul(h ^ (h >>> 16), 0x85ebca6b);
  h = Math.imul(h ^ (h >>> 13), 0xc2b2ae35);
  return h ^ (h >>> 16);
}

/** A hash of the sequence so far, and one more number. */
export function join(hash: number, value: number): number {
  const rotated = Math.imul(hash, 31) ^ Math.imul(value + 0x9e3779b9, 0x27d4eb2d);
  return spread((rotated << 13) | (rotated >>> 19));
}

/** Seeds of the two independent 32-bit halves of every fingerprint. */
export const seedA = 0x2545f491;
export const seedB = 0x6c62272e;

/** Hash of a name with its arguments, all as numbers. */
export function hashTuple(seed: number, name: number, args: readonly number[]): number {
  let hash = join(seed, name);
  for (const arg of args) hash = join(hash, arg);
  return hash;
}
