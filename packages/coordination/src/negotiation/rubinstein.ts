/**
 * Two parties divide one thing by alternating offers. What a party gets one turn later is worth `discount` of what it
 * would be worth now: above 0, below 1.
 */
export interface Discounts {
  /** Of the party whose turn it is. */
  readonly mover: number;
  readonly other: number;
}

/**
 * What the party whose turn it is gets in the only subgame perfect equilibrium, as a share of 1: Rubinstein (1982),
 * without end `(1 - other) / (1 - mover * other)`; with at most `turns` offers by backward induction, where whoever makes the
 * last offer keeps everything and without a deal nobody gets anything.
 *
 * @param turns how many offers can still be made, the one at hand included; default without end
 */
export function equilibriumShare(
  { mover, other }: Discounts,
  turns = Number.POSITIVE_INFINITY,
): number {
  if (turns === Number.POSITIVE_INFINITY) return (1 - other) / (1 - mover * other);
  // From the last turn backwards: whoever moves leaves the other what waiting is worth to it.
  let share = 1;
  for (let left = 2; left <= turns; left++) {
    const waiting = (turns - left) % 2 === 0 ? other : mover;
    share = 1 - waiting * share;
  }
  return share;
}
