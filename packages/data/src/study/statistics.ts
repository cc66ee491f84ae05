/** A line through points, as near as a straight one comes: ordinary least squares. */
export interface Line {
  readonly slope: number;
  readonly intercept: number;
  /** Share of the variation that the line explains, 0 to 1. */
  readonly fit: number;
}

interface Place {
  readonly x: number;
  readonly y: number;
}

/** The line through points, or `undefined` when they are fewer than three or all at one x. */
export function leastSquares(points: readonly Place[]): Line | undefined {
  const { sx, sy, xx, xy, yy } = moments(points);
  if (points.length < 3 || xx === 0) return undefined;
  const slope = xy / xx;
  return { slope, intercept: sy - slope * sx, fit: yy === 0 ? 1 : (xy * xy) / (xx * yy) };
}

/** Pearson's correlation, -1 to 1, or `undefined` where one of the two does not vary. */
export function correlation(points: readonly Place[]): number | undefined {
  const { xx, xy, yy } = moments(points);
  return xx === 0 || yy === 0 ? undefined : xy / Math.sqrt(xx * yy);
}

/** Means, and sums of squares around them. */
function moments(points: readonly Place[]) {
  const sx = points.reduce((sum, { x }) => sum + x, 0) / points.length;
  const sy = points.reduce((sum, { y }) => sum + y, 0) / points.length;
  let xx = 0;
  let xy = 0;
  let yy = 0;
  for (const { x, y } of points) {
    xx += (x - sx) ** 2;
    xy += (x - sx) * (y - sy);
    yy += (y - sy) ** 2;
  }
  return { sx, sy, xx, xy, yy };
}

interface Weighted {
  readonly value: number;
  readonly weight: number;
}

/**
 * The value below which a share of the weight lies, the midpoint where it falls between two.
 *
 * @param sorted by value, none empty
 * @param share 0 to 1
 */
export function quantile(sorted: readonly Weighted[], share: number): number {
  const total = sorted.reduce((sum, { weight }) => sum + weight, 0);
  const wanted = total * share;
  let below = 0;
  for (const [index, { value, weight }] of sorted.entries()) {
    below += weight;
    if (below > wanted) return value;
    if (below === wanted) return (value + (sorted[index + 1]?.value ?? value)) / 2;
  }
  return sorted.at(-1)?.value ?? Number.NaN;
}

/**
 * How far each value lies from the median, in units that are one standard deviation for a normal
 * distribution (modified z-score: Iglewicz and Hoaglin, How to Detect and Handle Outliers, 1993).
 * All are 0 when more than half of the values are equal: nothing can be said then.
 */
export function robustScores(values: readonly number[]): readonly number[] {
  const median = medianOf(values);
  const deviation = medianOf(values.map((value) => Math.abs(value - median)));
  return values.map((value) => (deviation === 0 ? 0 : (0.6745 * (value - median)) / deviation));
}

/** Beyond this score a value is called unusual, as its authors recommend. */
export const unusualScore = 3.5;

function medianOf(values: readonly number[]): number {
  const sorted = values.map((value) => ({ value, weight: 1 })).sort((a, b) => a.value - b.value);
  return quantile(sorted, 0.5);
}
