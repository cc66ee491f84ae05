/** Share of values up to a bound, between quantiles by a straight line. */
export function shareBelow(quantiles: readonly number[], bound: number): number {
  const last = quantiles.length - 1;
  const above = quantiles.findIndex((value) => value > bound);
  if (above === 0) return 0;
  if (above < 0) return 1;
  const [low, high] = [quantiles[above - 1] ?? 0, quantiles[above] ?? 0];
  return (above - 1 + (bound - low) / (high - low)) / last;
}

/** Shares of values in so many bins of equal width, from the smallest to the largest. */
export function equalBins(quantiles: readonly number[], bins: number): readonly number[] {
  const [low = 0, high = 0] = [quantiles[0], quantiles.at(-1)];
  const below = Array.from({ length: bins - 1 }, (_, at) =>
    shareBelow(quantiles, low + ((at + 1) * (high - low)) / bins),
  );
  return [...below, 1].map((share, at) => share - (below[at - 1] ?? 0));
}
