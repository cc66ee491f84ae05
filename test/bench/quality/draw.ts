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
  /** Share of the rows to damage, where it is not left to chance. */
  readonly dose: number | undefined;
}

/** @param dose share of the rows that every corruption with a choice damages: 0 is a single row. Default: drawn anew for each */
export function drawing(seed: number, dose?: number): Draw {
  const random = seededRandom(seed);
  const share = (): number => random.next();
  const whole = (low: number, high: number): number => low + Math.floor(share() * (high - low + 1));
  return {
    dose,
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

/** Rows to damage: as many as the dose says, or the share that was drawn. */
export function rowsToDamage({ dose }: Draw, rows: number, drawn: number): number {
  return Math.max(1, Math.round(rows * (dose ?? drawn)));
}

/**
 * Whether about as many rows were damaged as the dose asks for: half to twice as many, since damage that adds rows counts
 * those that it was made of, and some kinds damage what they must. Always, where no dose was asked for.
 */
export function isOfDose({ dose }: Draw, rows: number, damaged: number): boolean {
  const wanted = Math.max(1, rows * (dose ?? 0));
  return dose === undefined || (damaged >= wanted / 2 && damaged <= wanted * 2);
}
