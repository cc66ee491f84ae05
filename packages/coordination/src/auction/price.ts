/** A bid as pricing sees it. */
export interface Asked {
  readonly bidder: string;
  /** In the auction's unit; 0 or more. */
  readonly cost: number;
}

/** The winner is paid what it asked for. */
export function firstPrice(winner: Asked): number {
  return winner.cost;
}

/**
 * Vickrey's rule for buying (1961): the winner is paid the second lowest cost, at most the reserve.
 *
 * Asking for one's true cost is then the best strategy whatever the others ask, as long as there is
 * a second bid or a reserve. A lone bidder without a reserve is paid what it asks for, and has every
 * reason to exaggerate.
 *
 * @param winner the one with the lowest cost
 * @param others the bids it won against, without those who declined
 */
export function secondPrice(
  winner: Asked,
  others: readonly Asked[],
  reserve: number | undefined,
): number {
  const limits = others.map(({ cost }) => cost);
  if (reserve !== undefined) limits.push(reserve);
  return limits.length === 0 ? winner.cost : Math.min(...limits);
}
