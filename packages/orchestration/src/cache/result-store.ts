/** An entry as it lies in the store. */
export interface StoredBytes {
  readonly bytes: Uint8Array;
  /** Changes with each put of this key, and is never 0. */
  readonly version: number;
}

/** By what a result is found again, and what it may replace. */
export interface PutOptions {
  /** Under what {@link ResultStore.list} finds it; any text. */
  readonly tags: readonly string[];
  /**
   * The version this put replaces, 0 for "there is none". Another in the store: nothing is stored.
   * Default: whatever is there is replaced.
   */
  readonly replacing?: number;
}

/**
 * Where the nodes of a deployment share results. Bounded: it may lose any entry at any time, the
 * oldest first. Every operation may reject; it may then have happened or not.
 *
 * Keys are 1 to 64 letters, digits, `-` and `_`.
 */
export interface ResultStore {
  /** The newest entry of a key. A part of an entry that is lost makes all of it absent. */
  get(key: string): Promise<StoredBytes | undefined>;
  /** Stores an entry; resolves to false when `replacing` was not what is there. */
  put(key: string, bytes: Uint8Array, options: PutOptions): Promise<boolean>;
  /** Removes an entry; nothing happens if there is none. */
  delete(key: string): Promise<void>;
  /** The keys put with this tag, in no order; some may have been removed or replaced since. */
  list(tag: string): Promise<readonly string[]>;
}
