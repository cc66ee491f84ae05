import { medianOf } from "./change-point.ts";

/** Factors between units of one quantity, and what they may come from. */
const factors: readonly (readonly [factor: number, said: string])[] = [
  [1000, "thousands, or a unit and its thousandth"],
  [1e6, "millions"],
  [100, "hundredths: cents, per cent, centimetres"],
  [10, "tenths: a point in another place"],
  [60, "minutes and hours, or seconds and minutes"],
  [24, "hours and days"],
  [12, "months and years, or inches and feet"],
  [2.54, "centimetres and inches"],
  [25.4, "millimetres and inches"],
  [3.2808, "feet and metres"],
  [1.6093, "kilometres and miles"],
  [2.2046, "pounds and kilograms"],
  [28.35, "grams and ounces"],
  [3.7854, "litres and gallons"],
  [3.6, "kilometres an hour and metres a second"],
  [1.852, "kilometres and nautical miles"],
];
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
    .filter(([factor]) => isNear(ratio, factor) || isNear(1 / ratio, factor))
    .toSorted(
      (a, b) =>
        Math.abs(Math.log(a[0]) - Math.abs(Math.log(ratio))) -
        Math.abs(Math.log(b[0]) - Math.abs(Math.log(ratio))),
    );
  if (found === undefined) return undefined;
  const size = ratio > 1 ? ratio : 1 / ratio;
  return `about ${Number(size.toPrecision(3))} times as ${ratio > 1 ? "large" : "small"}: ${found[1]}?`;
}

/** Distance between the quartiles. */
function spreadOf(values: readonly number[]): number {
  const sorted = values.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.floor((sorted.length - 1) * share)] ?? 0;
  return at(0.75) - at(0.25);
}
