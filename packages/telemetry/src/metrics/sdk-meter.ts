import type { Meter as SdkApiMeter } from "@opentelemetry/api";
import type {
  Cancel,
  Counter,
  Histogram,
  HistogramOptions,
  InstrumentOptions,
  Log,
  Meter,
  Observation,
} from "@troupe/actor";
import { plainAttributes } from "./series.ts";
import type { Tallies } from "./tallies.ts";

/** The meter port: what happens is tallied, what stands is read from an SDK meter's observable instruments. */
export class SdkMeter implements Meter {
  readonly #sdk: SdkApiMeter;
  readonly #tallies: Tallies;
  readonly #log: Log;

  constructor(sdk: SdkApiMeter, tallies: Tallies, log: Log) {
    this.#sdk = sdk;
    this.#tallies = tallies;
    this.#log = log;
  }

  counter(name: string, options: InstrumentOptions): Counter {
    return this.#tallies.counter(name, options);
  }

  histogram(name: string, options: HistogramOptions): Histogram {
    return this.#tallies.histogram(name, options);
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
          result.observe(value, plainAttributes(attributes));
        }
      } catch (error) {
        this.#log("warn", "a metric could not be read", { metric: name, error });
      }
    };
    instrument.addCallback(callback);
    return () => instrument.removeCallback(callback);
  }
}
