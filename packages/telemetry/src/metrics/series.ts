import type { Attributes } from "@troupe/actor";

/** Attributes as OpenTelemetry has them. */
export type PlainAttributes = Record<string, string | number | boolean | string[]>;

/** What is told of the attribute sets beyond the limit, together, as OpenTelemetry's SDKs mark it. */
const overflow: Attributes = { "otel.metric.overflow": true };

/** A value of one instrument for each set of attributes, found again at little cost. */
export class Series<T> {
  readonly #make: () => T;
  readonly #limit: number;
  /** By the attributes as they were written; other orders of the same set lead to the same value. */
  readonly #written = new Map<string, T>();
  readonly #kept = new Map<string, { readonly attributes: PlainAttributes; readonly value: T }>();

  /** @param limit sets kept apart, the one for all others included */
  constructor(make: () => T, limit: number) {
    this.#make = make;
    this.#limit = limit;
  }

  of(attributes: Attributes): T {
    const written = keyOf(attributes);
    return this.#written.get(written) ?? this.#add(attributes, written);
  }

  entries(): Iterable<{ readonly attributes: PlainAttributes; readonly value: T }> {
    return this.#kept.values();
  }

  #add(attributes: Attributes, written: string): T {
    const ordered = keyOf(Object.fromEntries(Object.entries(attributes).sort(byName)));
    const known = this.#kept.get(ordered);
    if (known !== undefined) {
      this.#written.set(written, known.value);
      return known.value;
    }
    if (attributes !== overflow && this.#kept.size >= this.#limit - 1) return this.of(overflow);
    const value = this.#make();
    this.#kept.set(ordered, { attributes: plainAttributes(attributes), value });
    this.#written.set(written, value);
    return value;
  }
}

/** Values that read alike are one: for Prometheus they would be the same series twice. */
function keyOf(attributes: Attributes): string {
  let key = "";
  for (const name in attributes) {
    key += `${name}\u0000${attributes[name]}\u0001`;
  }
  return key;
}

function byName([one]: readonly [string, unknown], [other]: readonly [string, unknown]): number {
  return one < other ? -1 : 1;
}

/** A copy as OpenTelemetry takes it. Numbers without a value become words: JSON has none for them. */
export function plainAttributes(attributes: Attributes): PlainAttributes {
  const plain: PlainAttributes = {};
  for (const key of Object.keys(attributes)) {
    const value = attributes[key];
    if (value === undefined) continue;
    if (typeof value === "object") plain[key] = [...value];
    else plain[key] = typeof value === "number" && !Number.isFinite(value) ? String(value) : value;
  }
  return plain;
}
