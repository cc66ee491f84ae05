import type { Random } from "@troupe/actor";

/** Whether something of this probability happens now. A probability of 0 draws nothing. */
export function happens(random: Random, probability: number | undefined): boolean {
  return probability !== undefined && probability > 0 && random.next() < probability;
}

/** A whole number from `least` to `most`. */
export function between(random: Random, least: number, most: number): number {
  return least + Math.floor(random.next() * (most - least + 1));
}

/**
 * One of the values.
 *
 * @throws RangeError when there is none
 */
export function pick<T>(random: Random, values: readonly T[]): T {
  const index = between(random, 0, values.length - 1);
  if (index >= values.length || index < 0) throw new RangeError("there is nothing to pick from");
  return values[index] as T;
}
