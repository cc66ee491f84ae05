import type { Bucket } from "../metrics/sample.ts";
import { bucketIncreases, type Series } from "./series-history.ts";

/**
 * The value below which a share of what came into histograms within a window lies, as Prometheus
 * estimates it: evenly spread within a bucket, and the last bound for what lies beyond it.
 *
 * @returns undefined when nothing came
 */
export function quantileOf(
  quantile: number,
  series: readonly Series[],
  from: number,
  to: number,
): number | undefined {
  const sums = new Map<number, number>();
  for (const one of series) {
    for (const { upTo, count } of bucketIncreases(one, from, to) ?? []) {
      sums.set(upTo, (sums.get(upTo) ?? 0) + count);
    }
  }
  const buckets = [...sums]
    .map(([upTo, count]) => ({ upTo, count }))
    .sort((a, b) => a.upTo - b.upTo);
  return quantileIn(quantile, buckets);
}

/**
 * The value below which a share of what was measured lies.
 *
 * @param buckets cumulative, ascending; `undefined` comes back when they are empty
 */
export function quantileIn(quantile: number, buckets: readonly Bucket[]): number | undefined {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return undefined;
  const rank = quantile * total;
  let lower: Bucket = { upTo: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= rank) {
      if (bucket.upTo === Number.POSITIVE_INFINITY) return lower.upTo;
      const share = (rank - lower.count) / (bucket.count - lower.count);
      return lower.upTo + (bucket.upTo - lower.upTo) * share;
    }
    lower = bucket;
  }
  return lower.upTo;
}
