/** One ranked ballot: options in order of preference, and what it weighs. */
export interface RankedBallot {
  readonly ranking: readonly string[];
  /** A positive integer. */
  readonly weight: number;
}

/** One count of an instant run-off, and who was eliminated after it. */
export interface RunoffRound {
  /** Weight of the ballots for each option that was still in. */
  readonly counts: Readonly<Record<string, number>>;
  /** Absent in the last round. */
  readonly eliminated?: string;
}

/**
 * Instant run-off: each ballot counts for the highest option on it that is still in; as long as none
 * has more than half of `total`, the weakest is eliminated and its ballots move on.
 *
 * The weakest is the option with the least weight in the current count. Among equals it is the one
 * that had less in the count before, and so on back to the first; options that were equal in every
 * count go from the end of `options`. `total` is the weight of the whole electorate: ballots that
 * name no option still in, and ballots never cast, count against a decision.
 *
 * @returns the winner, if one option came to more than half, and every count
 */
export function instantRunoff(
  options: readonly string[],
  ballots: readonly RankedBallot[],
  total: number,
): { readonly winner: string | undefined; readonly rounds: readonly RunoffRound[] } {
  const rounds: RunoffRound[] = [];
  const history: ReadonlyMap<string, number>[] = [];
  let standing = [...options];
  while (standing.length > 0) {
    const counts = countFirst(standing, ballots);
    const winner = standing.find((option) => 2 * (counts.get(option) ?? 0) > total);
    if (winner !== undefined || standing.length === 1) {
      rounds.push({ counts: Object.fromEntries(counts) });
      return { winner, rounds };
    }
    history.push(counts);
    const eliminated = weakest(standing, history);
    rounds.push({ counts: Object.fromEntries(counts), eliminated });
    standing = standing.filter((option) => option !== eliminated);
  }
  return { winner: undefined, rounds };
}

function countFirst(
  standing: readonly string[],
  ballots: readonly RankedBallot[],
): ReadonlyMap<string, number> {
  const counts = new Map(standing.map((option) => [option, 0]));
  for (const { ranking, weight } of ballots) {
    const first = ranking.find((option) => counts.has(option));
    if (first !== undefined) counts.set(first, (counts.get(first) ?? 0) + weight);
  }
  return counts;
}

function weakest(
  standing: readonly string[],
  history: readonly ReadonlyMap<string, number>[],
): string {
  return standing.reduce((weak, option) => {
    for (const counts of history.toReversed()) {
      const difference = (counts.get(option) ?? 0) - (counts.get(weak) ?? 0);
      if (difference !== 0) return difference < 0 ? option : weak;
    }
    return option;
  });
}
