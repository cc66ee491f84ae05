/** One reading of something that is watched. */
export interface Reading {
  /** Since the beginning, minutes. */
  readonly at: number;
  readonly value: number;
}

export interface GrowthOptions {
  /** Readings before this minute do not count: caches fill, code is compiled, pools find their size. */
  readonly warmUp: number;
  /** Growth over the whole time that is still taken for none, in the unit of the readings. */
  readonly tolerance: number;
}

/** What became of a quantity over time. */
export interface Growth {
  /** `short`: there are too few readings to say. */
  readonly verdict: "flat" | "grows" | "short";
  /** Median of the readings that count. */
  readonly level: number;
  /** Theil-Sen slope: the median of the slopes between all pairs of readings, per minute. */
  readonly perMinute: number;
  /** Lower end of the slope's 95 % confidence interval, per minute. */
  readonly atLeast: number;
  /** What the slope comes to from the first reading that counts to the last. */
  readonly grown: number;
}

/** Fewer readings than this say nothing. */
const leastReadings = 10;
/** Two-sided 95 %. */
const z = 1.96;

/**
 * Whether a quantity grows. A garbage-collected heap jumps about, so a line of least squares would be drawn
 * by its outliers: the slope is Theil's and Sen's (Sen 1968, JASA 63), which a quarter of the readings can
 * be wrong without moving, with Sen's confidence interval from the distribution of Kendall's tau. It grows
 * when the interval lies above zero and what the slope comes to is more than the tolerance.
 *
 * @param readings oldest first
 */
export function growth(readings: readonly Reading[], options: GrowthOptions): Growth {
  const counted = readings.filter(({ at }) => at >= options.warmUp);
  const level = median(counted.map(({ value }) => value).toSorted(ascending));
  const slopes = slopesOf(counted).toSorted(ascending);
  const first = counted[0]?.at ?? 0;
  const span = (counted.at(-1)?.at ?? 0) - first;
  if (counted.length < leastReadings || slopes.length === 0) {
    return { verdict: "short", level, perMinute: 0, atLeast: 0, grown: 0 };
  }
  const n = counted.length;
  const spread = z * Math.sqrt((n * (n - 1) * (2 * n + 5)) / 18);
  const lower = Math.max(0, Math.floor((slopes.length - spread) / 2));
  const perMinute = median(slopes);
  const atLeast = slopes[lower] ?? perMinute;
  const grown = perMinute * span;
  const verdict = atLeast > 0 && grown > options.tolerance ? "grows" : "flat";
  return { verdict, level, perMinute, atLeast, grown };
}

function slopesOf(readings: readonly Reading[]): number[] {
  const slopes: number[] = [];
  for (const [index, a] of readings.entries()) {
    for (const b of readings.slice(index + 1)) {
      if (b.at > a.at) slopes.push((b.value - a.value) / (b.at - a.at));
    }
  }
  return slopes;
}

function median(sorted: readonly number[]): number {
  const middle = Math.floor(sorted.length / 2);
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : ((sorted[middle - 1] ?? upper) + upper) / 2;
}

function ascending(a: number, b: number): number {
  return a - b;
}
