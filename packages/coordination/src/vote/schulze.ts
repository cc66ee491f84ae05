import type { RankedBallot } from "./runoff.ts";

/** How a count by Schulze's method stands. */
export interface SchulzeCount {
  /** Options that no other beats by a stronger path: one, or several that are tied, in the options' order. */
  readonly winners: readonly string[];
  /** Weight that prefers one option to another: `pairwise[one][other]`. */
  readonly pairwise: Readonly<Record<string, Readonly<Record<string, number>>>>;
}

/**
 * Schulze's method (Social Choice and Welfare 2011), by winning votes. An option that is preferred to each other by
 * more weight than not (Condorcet's winner) always wins; where preferences go in circles, the circle breaks at
 * its weakest link. Adding options that are alike does not change who wins.
 *
 * What a ballot does not name comes after what it names, all at one level.
 */
export function schulze(
  options: readonly string[],
  ballots: readonly RankedBallot[],
): SchulzeCount {
  const placed = placesOf(ballots);
  const preferred = options.map((one) => options.map((other) => weightFor(placed, one, other)));
  const at = (table: readonly (readonly number[])[], one: number, other: number) =>
    table[one]?.[other] ?? 0;
  const path = preferred.map((row, one) =>
    row.map((weight, other) => (weight > at(preferred, other, one) ? weight : 0)),
  );
  // Floyd and Warshall, for the path whose weakest link is strongest.
  for (const via of options.keys()) {
    for (const [one, row] of path.entries()) {
      if (one === via) continue;
      for (const other of options.keys()) {
        if (other === one || other === via) continue;
        const detour = Math.min(at(path, one, via), at(path, via, other));
        row[other] = Math.max(row[other] ?? 0, detour);
      }
    }
  }
  const unbeaten = (one: number) =>
    [...options.keys()].every((other) => at(path, one, other) >= at(path, other, one));
  return {
    winners: options.filter((_, one) => unbeaten(one)),
    pairwise: Object.fromEntries(
      options.map((one, row) => [
        one,
        Object.fromEntries(
          options.flatMap((other, column) =>
            row === column ? [] : [[other, at(preferred, row, column)]],
          ),
        ),
      ]),
    ),
  };
}

/**
 * The option that more than half of `total` prefers to each other, if there is one: it wins whatever the rest of the
 * ballots say. A single option wins when more than half names it.
 */
export function majorityWinner(
  options: readonly string[],
  ballots: readonly RankedBallot[],
  total: number,
): string | undefined {
  const placed = placesOf(ballots);
  return options.find((one) => {
    const rivals = options.length === 1 ? [undefined] : options.filter((other) => other !== one);
    return rivals.every((other) => 2 * weightFor(placed, one, other) > total);
  });
}

interface PlacedBallot {
  readonly places: ReadonlyMap<string, number>;
  readonly weight: number;
}

function placesOf(ballots: readonly RankedBallot[]): readonly PlacedBallot[] {
  return ballots.map(({ ranking, weight }) => ({
    places: new Map(ranking.map((option, place) => [option, place])),
    weight,
  }));
}

/** @param other no option when only to be named counts */
function weightFor(
  ballots: readonly PlacedBallot[],
  one: string,
  other: string | undefined,
): number {
  return ballots.reduce((sum, { places, weight }) => {
    const place = places.get(one);
    if (place === undefined) return sum;
    const otherPlace = other === undefined ? undefined : places.get(other);
    return otherPlace === undefined || place < otherPlace ? sum + weight : sum;
  }, 0);
}
