import type { Attributes, Cancel, Meter, Observation } from "@troupe/actor";

/** One number as it was measured. */
export interface Measurement {
  readonly instrument: string;
  readonly value: number;
  readonly attributes: Attributes;
}

/** A meter that keeps every measurement, for assertions. */
export class RecordingMeter implements Meter {
  readonly measurements: Measurement[] = [];
  readonly #observed = new Map<string, () => Iterable<Observation>>();

  counter(instrument: string) {
    return {
      add: (value: number, attributes?: Attributes) => this.#keep(instrument, value, attributes),
    };
  }

  histogram(instrument: string) {
    return {
      record: (value: number, attributes?: Attributes) => this.#keep(instrument, value, attributes),
    };
  }

  observe(name: string, _options: unknown, read: () => Iterable<Observation>): Cancel {
    this.#observed.set(name, read);
    return () => this.#observed.delete(name);
  }

  /** What was measured by one instrument, in order; what is observed is read now. */
  of(instrument: string): readonly Measurement[] {
    const read = this.#observed.get(instrument);
    if (read === undefined) return this.measurements.filter((one) => one.instrument === instrument);
    return [...read()].map(({ value, attributes = {} }) => ({ instrument, value, attributes }));
  }

  /** Sum of what was measured by one instrument, of those with these attributes. */
  sum(instrument: string, attributes: Attributes = {}): number {
    return this.of(instrument)
      .filter((one) =>
        Object.entries(attributes).every(([name, value]) => one.attributes[name] === value),
      )
      .reduce((sum, { value }) => sum + value, 0);
  }

  #keep(instrument: string, value: number, attributes: Attributes = {}): void {
    this.measurements.push({ instrument, value, attributes });
  }
}
