import type { Conversion } from "./conversion.ts";

/** A value far from what the rows around it, or another column, say. */
export interface Far {
  readonly value: number;
  /** What they say. */
  readonly expected: number;
}

/** How values are told to be near: by their difference, or by that of their logarithms. */
export interface Scale {
  readonly logs: boolean;
  /** How far values usually are from what is said of them: the median. */
  readonly usual: number;
  /** What near values are more than what is said of them: the median. */
  readonly middle: number;
  /** Values that are neither near nor far. */
  readonly between: number;
}

/** Fewest far values that a conversion must explain, and the share of them: of several conversions one explains a few by chance. */
const fewest = 3;
const fewestOfMany = 5;
const mostly = 0.6;
/**
 * Most values that are neither near nor far, of those that are far: where there are more, values reach out that far by
 * themselves. Fewer where converted values are not near by more than their middle.
 */
const betweenShare = 1;
const betweenAmidst = 1 / 3;
/** Times that a conversion must explain as much as its placebos. */
const placeboTimes = 3;
/** Fewest values whose middle says something, how far it may be from what it should be in logarithms, or in deviations of it. */
const middleOf = 6;
const middleOff = { logs: 0.015, deviations: 1.5 } as const;
/** Deviation of a median, of the usual distance and for one value. */
const medianDeviation = 1.85;
/** How much further apart converted values may be than the others. */
const widerTimes = 2;
/** Usual distances within which a value is near, and beyond which it is far. */
export const nearTimes = 4.5;
export const farTimes = 7.5;

/** Whether so many far values, and so many that are neither near nor far, can have come about by a conversion. */
export function mayBeConverted(far: number, between: number): boolean {
  return far >= fewest && between <= far * betweenShare;
}

/**
 * The conversion that was applied to values that are far from what is expected of them: converted back, nearly all of them
 * are near, and by a conversion that is only nearly the same they are not, or they lie around the very middle of the others.
 *
 * @param far values that are far, all of them or some that are drawn
 * @returns nothing where no conversion explains them
 */
export function conversionOf(
  far: readonly Far[],
  scale: Scale,
  conversions: readonly Conversion[],
): Conversion | undefined {
  if (!mayBeConverted(far.length, scale.between)) return undefined;
  const needed = conversions.length > 1 ? fewestOfMany : fewest;
  let best: { readonly conversion: Conversion; readonly explained: number } | undefined;
  for (const conversion of conversions) {
    const near = nearBy(far, scale, conversion.back);
    const explained = near.length;
    if (explained < Math.max(needed, far.length * mostly)) continue;
    if (best !== undefined && explained <= best.explained) continue;
    const placebo = Math.max(...conversion.placebos.map((back) => nearBy(far, scale, back).length));
    if (explained < placebo * placeboTimes && !isAmidst(near, scale)) continue;
    best = { conversion, explained };
  }
  return best?.conversion;
}

/** What is left between values that are converted back and what is expected of them, of those that are near then. */
function nearBy(
  far: readonly Far[],
  { logs, usual, middle }: Scale,
  back: Conversion["back"],
): readonly number[] {
  return far.flatMap(({ value, expected }) => {
    const meant = back(value);
    if (meant === undefined) return [];
    const left = (logs ? Math.log(meant) - Math.log(expected) : meant - expected) - middle;
    return Math.abs(left) <= usual * nearTimes ? [left] : [];
  });
}

/** Whether values that differ much among each other lie as the others do: around the same middle, and as far apart. */
function isAmidst(left: readonly number[], { logs, usual, between }: Scale): boolean {
  if (!logs || left.length < middleOf || between > left.length * betweenAmidst) return false;
  const middle = medianOf(left);
  const deviation = (medianDeviation * usual) / Math.sqrt(left.length);
  const apart = medianOf(left.map((one) => Math.abs(one - middle)));
  return (
    Math.abs(middle) <= Math.max(middleOff.logs, middleOff.deviations * deviation) &&
    apart <= usual * widerTimes
  );
}

const medianOf = (values: readonly number[]): number =>
  values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)] ?? 0;
