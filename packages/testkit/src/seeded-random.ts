import type { Random } from "@troupe/actor";

/**
 * Randomness that a seed repeats (SplitMix64).
 *
 * @param seed any integer; print it when a test fails
 */
export function seededRandom(seed: number): Random {
  let state = BigInt.asUintN(64, BigInt(seed));
  const next64 = (): bigint => {
    state = BigInt.asUintN(64, state + 0x9e3779b97f4a7c15n);
    let mixed = state;
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 30n)) * 0xbf58476d1ce4e5b9n);
    mixed = BigInt.asUintN(64, (mixed ^ (mixed >> 27n)) * 0x94d049bb133111ebn);
    return mixed ^ (mixed >> 31n);
  };
  return {
    next: () => Number(next64() >> 11n) / 2 ** 53,
    hex: (bytes) => {
      let text = "";
      while (text.length < bytes * 2) text += next64().toString(16).padStart(16, "0");
      return text.slice(0, bytes * 2);
    },
  };
}
