import { seededRandom } from "@troupe/testkit";

/** Chance for the corruptions: the same seed always draws the same. */
export interface Draw {
  /** At least 0, below 1. */
  share(): number;
  /** A whole number from `low` to `high`, both included. */
  whole(low: number, high: number): number;
  pick<T>(from: readonly T[]): T;
  /** `count` different ones, or all where there are fewer, in the order they have. */
  some<T>(from: readonly T[], count: number): readonly T[];
}

export function drawing(seed: number): Draw {
  const random = seededRandom(seed);
  const share = (): number => random.next();
  const whole = (low: number, high: number): number => low + Math.floor(share() * (high - low + 1));
  return {
    share,
    whole,
    pick: <T>(from: readonly T[]): T => {
      if (from.length === 0) throw new RangeError("there is nothing to pick from");
      return from[whole(0, from.length - 1)] as T;
    },
    some: <T>(from: readonly T[], count: number): readonly T[] => {
      const keyed = from.map((one, index) => ({ one, index, key: share() }));
      const kept = keyed.sort((a, b) => a.key - b.key).slice(0, count);
      return kept.sort((a, b) => a.index - b.index).map(({ one }) => one);
    },
  };
}
