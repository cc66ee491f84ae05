/**
 * How fair a deal is, computed from what the parties gain. A gain is a party's worth of the deal less that of no deal;
 * its share is the gain as part of the most that the party could gain by any deal that leaves nobody worse off than
 * no deal (0 when there is nothing to gain).
 */
export interface Fairness {
  /** Share of each party, in their order: below 0 when it would be better off without a deal. */
  shares: number[];
  /** The smallest share. */
  worst: number;
  /**
   * Jain's index of the shares (1984): 1 when all are equal, 1 / parties when one has everything; shares below 0 count
   * as 0. 1 when nobody has anything.
   */
  evenness: number;
  /** Whether no other deal is better for somebody and worse for nobody. */
  efficient: boolean;
}

/** What the parties say that deals are worth to them: a row for each party, a column for each deal. */
export interface Worths {
  readonly values: readonly (readonly number[])[];
  /** What no deal is worth to each party. */
  readonly noDeal: readonly number[];
}

/** What each party gains by a deal. */
export function gainsOf({ values, noDeal }: Worths, deal: number): readonly number[] {
  return values.map((row, party) => (row[deal] ?? 0) - (noDeal[party] ?? 0));
}

/** Deals that leave no party worse off than no deal. */
export function rationalDeals(worths: Worths): readonly number[] {
  const deals = [...(worths.values[0] ?? []).keys()];
  return deals.filter((deal) => gainsOf(worths, deal).every((gain) => gain >= 0));
}

/** Each party's share of the most it could gain. */
export function sharesOf(worths: Worths, deal: number): readonly number[] {
  const rational = rationalDeals(worths);
  const most = worths.values.map((_, party) =>
    Math.max(0, ...rational.map((one) => gainsOf(worths, one)[party] ?? 0)),
  );
  return gainsOf(worths, deal).map((gain, party) => {
    const best = most[party] ?? 0;
    return best === 0 ? Math.min(0, gain) : gain / best;
  });
}

/** How fair a deal is to the parties that said what deals are worth to them. */
export function fairnessOf(worths: Worths, deal: number): Fairness {
  const shares = sharesOf(worths, deal);
  return {
    shares: [...shares],
    worst: Math.min(...shares),
    evenness: evennessOf(shares),
    efficient: isEfficient(worths, deal),
  };
}

/** Jain's index of fairness. */
export function evennessOf(shares: readonly number[]): number {
  const counted = shares.map((share) => Math.max(0, share));
  const sum = counted.reduce((all, share) => all + share, 0);
  const squares = counted.reduce((all, share) => all + share * share, 0);
  return squares === 0 ? 1 : (sum * sum) / (counted.length * squares);
}

function isEfficient(worths: Worths, deal: number): boolean {
  const gains = gainsOf(worths, deal);
  return [...(worths.values[0] ?? []).keys()].every((other) => {
    const others = gainsOf(worths, other);
    const worse = others.some((gain, party) => gain < (gains[party] ?? 0));
    const better = others.some((gain, party) => gain > (gains[party] ?? 0));
    return worse || !better;
  });
}
