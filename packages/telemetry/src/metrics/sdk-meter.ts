import type { Meter as SdkApiMeter } from "@opentelemetry/api";
import type {
  Attributes,
  Cancel,
  Counter,
  Histogram,
  HistogramOptions,
  InstrumentOptions,
  Log,
  Meter,
  Observation,
} from "@troupe/actor";

/** Upper bounds of what is measured in seconds, unless the instrument says otherwise. */
const secondsBoundaries = [
  0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1800,
];

/** The meter port on an SDK meter. */
export class SdkMeter implements Meter {
  readonly #sdk: SdkApiMeter;
  readonly #log: Log;

  constructor(sdk: SdkApiMeter, log: Log) {
    this.#sdk = sdk;
    this.#log = log;
  }

  counter(name: string, options: InstrumentOptions): Counter {
    const counter = this.#sdk.createCounter(name, options);
    return { add: (amount, attributes = {}) => counter.add(amount, sdkAttributes(attributes)) };
  }

  histogram(name: string, { boundaries, ...options }: HistogramOptions): Histogram {
    const buckets = boundaries ?? (options.unit === "s" ? secondsBoundaries : undefined);
    const histogram = this.#sdk.createHistogram(name, {
      ...options,
      ...(buckets === undefined ? {} : { advice: { explicitBucketBoundaries: [...buckets] } }),
    });
    return {
      record: (value, attributes = {}) => histogram.record(value, sdkAttributes(attributes)),
    };
  }

  observe(
    name: string,
    { growing = false, ...options }: InstrumentOptions & { readonly growing?: boolean },
    read: () => Iterable<Observation>,
  ): Cancel {
    const instrument = growing
      ? this.#sdk.createObservableCounter(name, options)
      : this.#sdk.createObservableGauge(name, options);
    const callback: Parameters<typeof instrument.addCallback>[0] = (result) => {
      try {
        for (const { value, attributes = {} } of read()) {
          result.observe(value, sdkAttributes(attributes));
        }
      } catch (error) {
        this.#log("warn", "a metric could not be read", { metric: name, error });
      }
    };
    instrument.addCallback(callback);
    return () => instrument.removeCallback(callback);
  }
}

/** What the SDK takes; it copies what it is given. */
type SdkAttributes = Record<string, string | number | boolean | string[]>;

/** Attributes as the SDK takes them. Numbers without a value become words: JSON has none for them. */
function sdkAttributes(attributes: Attributes): SdkAttributes {
  for (const key in attributes) {
    if (!isPlain(attributes[key])) return converted(attributes);
  }
  return attributes as SdkAttributes;
}

function isPlain(value: unknown): boolean {
  return typeof value === "string" || typeof value === "boolean" || Number.isFinite(value);
}

function converted(attributes: Attributes): SdkAttributes {
  const plain: SdkAttributes = {};
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    if (typeof value === "object") plain[key] = [...value];
    else plain[key] = typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  }
  return plain;
}
