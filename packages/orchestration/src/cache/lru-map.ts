interface Bounds {
  readonly maxEntries: number;
  /** Of the `bytes` of all entries. */
  readonly maxBytes: number;
  /** Told of each entry dropped for room. */
  readonly onEvicted?: (key: string) => void;
}

/** A map bounded by entries and by bytes, which drops what was used longest ago. */
export class LruMap<T extends { readonly bytes: Uint8Array }> {
  readonly #bounds: Bounds;
  /** In the order of their last use. */
  readonly #entries = new Map<string, T>();
  #bytes = 0;

  constructor(bounds: Bounds) {
    this.#bounds = bounds;
  }

  /** The entry, which counts as used now. */
  get(key: string): T | undefined {
    const entry = this.#entries.get(key);
    if (entry === undefined) return undefined;
    this.#entries.delete(key);
    this.#entries.set(key, entry);
    return entry;
  }

  /** Replaces an entry of this key. One larger than the map is not held, nor is the replaced one. */
  set(key: string, entry: T): void {
    this.delete(key);
    const { maxEntries, maxBytes, onEvicted } = this.#bounds;
    if (entry.bytes.length > maxBytes) return;
    this.#entries.set(key, entry);
    this.#bytes += entry.bytes.length;
    for (const oldest of this.#entries.keys()) {
      if (this.#entries.size <= maxEntries && this.#bytes <= maxBytes) return;
      this.delete(oldest);
      onEvicted?.(oldest);
    }
  }

  delete(key: string): void {
    const entry = this.#entries.get(key);
    if (entry === undefined) return;
    this.#entries.delete(key);
    this.#bytes -= entry.bytes.length;
  }

  /** Without counting as a use. */
  [Symbol.iterator](): IterableIterator<[string, T]> {
    return this.#entries.entries();
  }
}
