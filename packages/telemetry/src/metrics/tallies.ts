import { type HrTime, ValueType } from "@opentelemetry/api";
import type { Resource } from "@opentelemetry/resources";
import {
  AggregationTemporality,
  type CollectionResult,
  type DataPoint,
  DataPointType,
  type MetricData,
  type MetricProducer,
} from "@opentelemetry/sdk-metrics";
import type { Clock, Counter, Histogram, HistogramOptions, InstrumentOptions } from "@troupe/actor";
import { Series } from "./series.ts";

/** Upper bounds of what is measured in seconds, unless the instrument says otherwise. */
const secondsBoundaries = [
  0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
];
/** Of anything else: OpenTelemetry's own. */
const otherBoundaries = [0, 5, 10, 25, 50, 75, 100, 250, 500, 750, 1000, 2500, 5000, 7500, 10_000];

interface TalliesOptions {
  readonly resource: Resource;
  readonly clock: Clock;
  /** Attribute sets kept apart per instrument. */
  readonly limit: number;
}

interface Distribution {
  readonly counts: number[];
  count: number;
  sum: number;
  min: number;
  max: number;
}

interface Tally {
  collect(endTime: HrTime): MetricData;
}

/**
 * Counters and histograms as plain numbers, which become OpenTelemetry's data only when somebody reads them: a
 * task or a message changes several, and the SDK's own cost two and a half times as much. Always cumulative.
 */
export class Tallies implements MetricProducer {
  readonly #options: TalliesOptions;
  readonly #startTime: HrTime;
  readonly #tallies: Tally[] = [];
  readonly #counters = new Map<string, Counter>();
  readonly #histograms = new Map<string, Histogram>();

  constructor(options: TalliesOptions) {
    this.#options = options;
    this.#startTime = timeOf(options.clock);
  }

  /** The counter of that name; the first one's options count. */
  counter(name: string, options: InstrumentOptions): Counter {
    const known = this.#counters.get(name);
    if (known !== undefined) return known;
    const series = new Series(() => ({ sum: 0 }), this.#options.limit);
    this.#tallies.push({
      collect: (endTime) => ({
        ...this.#head(name, options),
        dataPointType: DataPointType.SUM,
        isMonotonic: true,
        dataPoints: this.#points(series, endTime, ({ sum }) => sum),
      }),
    });
    const counter: Counter = {
      add: (amount, attributes = {}) => {
        series.of(attributes).sum += amount;
      },
    };
    this.#counters.set(name, counter);
    return counter;
  }

  /** The histogram of that name; the first one's options count. */
  histogram(name: string, options: HistogramOptions): Histogram {
    const known = this.#histograms.get(name);
    if (known !== undefined) return known;
    const boundaries = [
      ...(options.boundaries ?? (options.unit === "s" ? secondsBoundaries : otherBoundaries)),
    ];
    const series = new Series(() => emptyDistribution(boundaries.length + 1), this.#options.limit);
    this.#tallies.push({
      collect: (endTime) => ({
        ...this.#head(name, options),
        dataPointType: DataPointType.HISTOGRAM,
        dataPoints: this.#points(series, endTime, ({ counts, ...sums }) => ({
          ...sums,
          buckets: { boundaries, counts: [...counts] },
        })),
      }),
    });
    const histogram: Histogram = {
      record: (value, attributes = {}) => {
        if (Number.isFinite(value)) note(series.of(attributes), boundaries, value);
      },
    };
    this.#histograms.set(name, histogram);
    return histogram;
  }

  async collect(): Promise<CollectionResult> {
    const { clock, resource } = this.#options;
    const endTime = timeOf(clock);
    const metrics = this.#tallies.map((tally) => tally.collect(endTime));
    const scopeMetrics = [{ scope: { name: "troupe" }, metrics }];
    return { resourceMetrics: { resource, scopeMetrics }, errors: [] };
  }

  #head(name: string, { description, unit = "" }: InstrumentOptions) {
    return {
      descriptor: { name, description, unit, valueType: ValueType.DOUBLE },
      aggregationTemporality: AggregationTemporality.CUMULATIVE,
    };
  }

  #points<T, V>(series: Series<T>, endTime: HrTime, read: (value: T) => V): DataPoint<V>[] {
    return Array.from(series.entries(), ({ attributes, value }) => ({
      startTime: this.#startTime,
      endTime,
      attributes,
      value: read(value),
    }));
  }
}

function emptyDistribution(buckets: number): Distribution {
  const counts = Array<number>(buckets).fill(0);
  return { counts, count: 0, sum: 0, min: Number.POSITIVE_INFINITY, max: Number.NEGATIVE_INFINITY };
}

function note(distribution: Distribution, boundaries: readonly number[], value: number): void {
  let bucket = 0;
  while (bucket < boundaries.length && value > (boundaries[bucket] ?? value)) bucket += 1;
  distribution.counts[bucket] = (distribution.counts[bucket] ?? 0) + 1;
  distribution.count += 1;
  distribution.sum += value;
  if (value < distribution.min) distribution.min = value;
  if (value > distribution.max) distribution.max = value;
}

function timeOf(clock: Clock): HrTime {
  const ms = clock.now();
  const seconds = Math.floor(ms / 1000);
  return [seconds, Math.round((ms - seconds * 1000) * 1e6)];
}
