/** An exact rational number in lowest terms; `below` is positive. */
export interface Fraction {
  readonly above: bigint;
  readonly below: bigint;
}

export const zero: Fraction = { above: 0n, below: 1n };

/** The number `above / below`. */
export function fraction(above: bigint, below = 1n): Fraction {
  const divisor = greatestDivisor(above < 0n ? -above : above, below < 0n ? -below : below);
  const sign = below < 0n ? -1n : 1n;
  return { above: (sign * above) / divisor, below: (sign * below) / divisor };
}

export function plus(one: Fraction, other: Fraction): Fraction {
  return fraction(one.above * other.below + other.above * one.below, one.below * other.below);
}

export function minus(one: Fraction, other: Fraction): Fraction {
  return fraction(one.above * other.below - other.above * one.below, one.below * other.below);
}

export function times(one: Fraction, other: Fraction): Fraction {
  return fraction(one.above * other.above, one.below * other.below);
}

/** @param other not zero */
export function over(one: Fraction, other: Fraction): Fraction {
  return fraction(one.above * other.below, one.below * other.above);
}

/** Below 0, 0 or above 0 as `one` is less than, equal to or more than `other`. */
export function compare(one: Fraction, other: Fraction): number {
  const difference = one.above * other.below - other.above * one.below;
  return difference < 0n ? -1 : difference > 0n ? 1 : 0;
}

/** The number in floating point, however large its parts are; what is below 2^-60 is lost. */
export function toNumber({ above, below }: Fraction): number {
  const whole = above / below;
  const rest = ((above - whole * below) << 60n) / below;
  return Number(whole) + Number(rest) / 2 ** 60;
}

function greatestDivisor(one: bigint, other: bigint): bigint {
  let [a, b] = [one, other];
  while (b !== 0n) [a, b] = [b, a % b];
  return a === 0n ? 1n : a;
}
