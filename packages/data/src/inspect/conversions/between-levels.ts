import { medianOf } from "../order/change-point.ts";
import { type Factor, factors } from "./factors.ts";

/** How near a ratio must be to a factor. */
const near = 0.12;

/**
 * What conversion would make the one of the other, as a question for people; nothing where none fits.
 *
 * @param before numbers before the change
 * @param after those after it
 */
export function conversionOf(
  before: readonly number[],
  after: readonly number[],
): string | undefined {
  const [one, other] = [medianOf(before), medianOf(after)];
  const spread = spreadOf(after) / spreadOf(before);
  const isNear = (value: number, factor: number): boolean => Math.abs(value / factor - 1) <= near;
  const fits = (first: number, second: number, wider: number): boolean =>
    isNear(second, first * 1.8 + 32) && Math.abs(wider / 1.8 - 1) < 0.3;
  if (fits(one, other, spread)) return "degrees Fahrenheit among degrees Celsius?";
  if (fits(other, one, 1 / spread)) return "degrees Celsius among degrees Fahrenheit?";
  const ratio = other / one;
  if (!(ratio > 0)) return undefined;
  const [found] = factors
    .filter(({ factor }) => isNear(ratio, factor) || isNear(1 / ratio, factor))
    .toSorted((a, b) => missed(a, ratio) - missed(b, ratio));
  if (found === undefined) return undefined;
  const size = ratio > 1 ? ratio : 1 / ratio;
  return `about ${Number(size.toPrecision(3))} times as ${ratio > 1 ? "large" : "small"}: ${found.between}?`;
}

/** How far a ratio is from a factor or its reciprocal, as a difference of logarithms. */
function missed({ factor }: Factor, ratio: number): number {
  return Math.abs(Math.log(factor) - Math.abs(Math.log(ratio)));
}

/** Distance between the quartiles. */
function spreadOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return at(0.75) - at(0.25);
}
