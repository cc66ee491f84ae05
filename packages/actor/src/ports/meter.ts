import type { Cancel } from "./clock.ts";
import type { Attributes } from "./tracer.ts";

/** What an instrument is called and what its numbers are. */
export interface InstrumentOptions {
  /** One line for people who read the metric and not the code. */
  readonly description: string;
  /** Unit by UCUM: `s`, `By`, `1` for a share; `{goal}` and the like for things that are counted. Default: none. */
  readonly unit?: string;
}

/** How a histogram is described to whoever reads it, and where its buckets end. */
export interface HistogramOptions extends InstrumentOptions {
  /** Upper bounds of the buckets, ascending, in the unit. Default: the implementation's. */
  readonly boundaries?: readonly number[];
}

/** Only grows. */
export interface Counter {
  /** @param amount 0 or more */
  add(amount: number, attributes?: Attributes): void;
}

/** How large something was, each time. */
export interface Histogram {
  record(value: number, attributes?: Attributes): void;
}

/** A number as it stands when somebody looks. */
export interface Observation {
  /** In the unit of the metric. */
  readonly value: number;
  /** What it is the number of, when there are several. Default: there is one number. */
  readonly attributes?: Attributes;
}

/**
 * Where numbers about the work go. Names follow OpenTelemetry's semantic conventions where there is one,
 * and begin with `troupe.` otherwise. Values of attributes must be few: types and outcomes, never
 * identifiers of goals, messages or actors.
 */
export interface Meter {
  counter(name: string, options: InstrumentOptions): Counter;
  histogram(name: string, options: HistogramOptions): Histogram;
  /**
   * Reads a number when somebody looks, instead of each time it changes. `growing`: it is a total that
   * only grows. A `read` that throws is left out and logged.
   *
   * @returns stops the reading
   */
  observe(
    name: string,
    options: InstrumentOptions & { readonly growing?: boolean },
    read: () => Iterable<Observation>,
  ): Cancel;
}

const noInstrument = { add: () => {}, record: () => {} };
const nothing = (): void => {};

/** Measures nothing. */
export const noMeter: Meter = {
  counter: () => noInstrument,
  histogram: () => noInstrument,
  observe: () => nothing,
};
