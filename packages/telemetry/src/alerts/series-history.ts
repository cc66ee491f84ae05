import type { Bucket, Sample } from "../metrics/sample.ts";
import type { Selection } from "./rule.ts";

/** Series remembered at most; those that come later are left out, and counted. */
const seriesLimit = 5000;
/** Points remembered of one series at most; the oldest go first. */
const pointLimit = 600;

interface Point {
  readonly at: number;
  readonly value: number;
  /** Of a histogram: the sum of its values, and how many came into each bucket, cumulative. */
  readonly sum: number | undefined;
  readonly counts: readonly number[] | undefined;
}

/** One series and what it was, oldest first. */
export interface Series {
  readonly metric: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly growing: boolean;
  /** Of a histogram: the upper bounds of its buckets. */
  readonly bounds: readonly number[] | undefined;
  readonly points: readonly Point[];
  /** It came when others were being followed already: before, it was 0. */
  readonly isNew: boolean;
}

/** What metrics were over the last while, for rules that look back. */
export class SeriesHistory {
  readonly #keepMs: number;
  readonly #isWanted: (metric: string) => boolean;
  readonly #series = new Map<string, Series & { readonly points: Point[] }>();
  #since: number | undefined;
  #left = new Set<string>();

  /**
   * @param keepSeconds how far rules look back at most
   * @param isWanted whether anybody looks back at a metric; the others are not remembered
   */
  constructor(keepSeconds: number, isWanted: (metric: string) => boolean = () => true) {
    this.#keepMs = keepSeconds * 1000;
    this.#isWanted = isWanted;
  }

  /** When the first samples came, milliseconds since the epoch. */
  get since(): number | undefined {
    return this.#since;
  }

  /** Series that found no room. */
  get left(): number {
    return this.#left.size;
  }

  /** Takes what was collected at one moment. */
  add(samples: readonly Sample[], now: number): void {
    for (const sample of samples) {
      const { metric, labels, at, value, histogram } = sample;
      if (!this.#isWanted(metric)) continue;
      const key = `${metric} ${JSON.stringify(Object.entries(labels).sort(byName))}`;
      const series = this.#series.get(key) ?? this.#begin(key, sample);
      const counts = histogram?.buckets.map(({ count }) => count);
      series?.points.push({ at, value, sum: histogram?.sum, counts });
    }
    this.#since ??= now;
    this.#forget(now);
  }

  /** The series that a selection means. */
  select({ metric, where, except }: Selection): readonly Series[] {
    const found: Series[] = [];
    for (const series of this.#series.values()) {
      const part = partOf(series, metric);
      if (part === undefined) continue;
      const fits = Object.entries(where).every(([name, value]) => series.labels[name] === value);
      const excluded = Object.entries(except).some(([name, values]) =>
        values.includes(series.labels[name] ?? ""),
      );
      if (fits && !excluded) found.push(part);
    }
    return found;
  }

  #begin(
    key: string,
    { metric, labels, growing, histogram }: Sample,
  ): (Series & { readonly points: Point[] }) | undefined {
    if (this.#series.size >= seriesLimit) {
      if (this.#left.size < seriesLimit) this.#left.add(key);
      return undefined;
    }
    const bounds = histogram?.buckets.map(({ upTo }) => upTo);
    const series = {
      metric,
      labels,
      growing,
      bounds,
      points: [],
      isNew: this.#since !== undefined,
    };
    this.#series.set(key, series);
    return series;
  }

  #forget(now: number): void {
    for (const [key, { points }] of this.#series) {
      // One older than the window stays: the window's beginning is measured from it.
      const inside = points.findIndex(({ at }) => at >= now - this.#keepMs);
      const old = inside < 0 ? points.length : Math.max(0, inside - 1);
      const gone = Math.max(old, points.length - pointLimit);
      if (gone > 0) points.splice(0, gone);
      if (points.length === 0) this.#series.delete(key);
    }
  }
}

/** A series itself, or the part of a histogram that is asked for by its own name. */
function partOf(series: Series, wanted: string): Series | undefined {
  if (series.metric === wanted) return series;
  if (!wanted.startsWith(series.metric) || series.bounds === undefined) return undefined;
  const part = wanted.slice(series.metric.length);
  if (part === "_count") return series;
  if (part !== "_sum") return undefined;
  return { ...series, points: series.points.map((point) => ({ ...point, value: point.sum ?? 0 })) };
}

function byName([one]: readonly [string, string], [other]: readonly [string, string]): number {
  return one < other ? -1 : 1;
}

/** The value at the latest look, if that was within the window. */
export function latest({ points }: Series, fromMs: number, toMs: number): number | undefined {
  const point = points.findLast(({ at }) => at <= toMs);
  return point === undefined || point.at < fromMs ? undefined : point.value;
}

/** Mean of what was seen in the window. */
export function mean({ points }: Series, fromMs: number, toMs: number): number | undefined {
  const inside = points.filter(({ at }) => at >= fromMs && at <= toMs);
  if (inside.length === 0) return undefined;
  return inside.reduce((sum, { value }) => sum + value, 0) / inside.length;
}

/** By how much it grew in the window. A value that falls is a counter that began again at 0. */
export function increase(series: Series, fromMs: number, toMs: number): number | undefined {
  return overSteps(series, fromMs, toMs, ({ value }, before) => {
    if (before === undefined || value < before.value) return value;
    return value - before.value;
  });
}

/** How much higher it is at the window's end than at its beginning. */
export function change(series: Series, fromMs: number, toMs: number): number | undefined {
  if (series.growing) return increase(series, fromMs, toMs);
  const inside = series.points.filter(({ at }) => at >= fromMs && at <= toMs);
  const [first] = inside;
  const last = inside.at(-1);
  return first === undefined || last === undefined || first === last
    ? undefined
    : last.value - first.value;
}

/** How many values came into each bucket in the window: by upper bound, cumulative. */
export function bucketIncreases(
  series: Series,
  fromMs: number,
  toMs: number,
): readonly Bucket[] | undefined {
  const increases = (series.bounds ?? []).map((upTo, index) => ({
    upTo,
    count:
      overSteps(series, fromMs, toMs, ({ counts, value }, before) => {
        const count = counts?.[index] ?? 0;
        if (before === undefined || value < before.value) return count;
        return count - (before.counts?.[index] ?? 0);
      }) ?? 0,
  }));
  return (increases.at(-1)?.count ?? 0) === 0 ? undefined : increases;
}

function overSteps(
  { points, isNew }: Series,
  fromMs: number,
  toMs: number,
  step: (point: Point, before: Point | undefined) => number,
): number | undefined {
  let sum = 0;
  let steps = 0;
  for (const [index, point] of points.entries()) {
    if (point.at <= fromMs || point.at > toMs) continue;
    const before = points[index - 1];
    if (before === undefined && !isNew) continue;
    sum += step(point, before);
    steps += 1;
  }
  return steps === 0 ? undefined : sum;
}
