import type { Random } from "@troupe/actor";

/** A whole number from `least` to `most`. */
export function between({ next }: Random, least: number, most: number): number {
  return least + Math.floor(next() * (most - least + 1));
}

/** One of several. */
export function pick<Item>(random: Random, items: readonly Item[]): Item {
  const item = items[between(random, 0, items.length - 1)];
  if (item === undefined) throw new RangeError("there is nothing to pick from");
  return item;
}

/** True with a probability. */
export function happens({ next }: Random, probability: number): boolean {
  return next() < probability;
}
