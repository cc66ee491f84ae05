/** What a cache has done since it was made. */
export interface CacheCounts {
  readonly hits: {
    /** Found in this node's memory. */
    readonly memory: number;
    /** Found in the shared store. */
    readonly shared: number;
  };
  /** Looked for and not found, damaged and invalidated ones included. */
  readonly misses: number;
  /** Put into the shared store. */
  readonly stores: number;
  /** Not kept: too large, not plain data, invalidated meanwhile, or the store failed. */
  readonly skipped: number;
  /** Dropped from memory for room. */
  readonly evictions: number;
  /** Found damaged or unreadable, and removed. */
  readonly damaged: number;
  /** Operations of the shared store, and notices, that failed or took too long. */
  readonly failures: number;
}

/** Counts while a cache works. */
export class CacheCounter {
  memoryHits = 0;
  sharedHits = 0;
  misses = 0;
  stores = 0;
  skipped = 0;
  evictions = 0;
  damaged = 0;
  failures = 0;

  get counts(): CacheCounts {
    const { memoryHits, sharedHits, misses, stores, skipped, evictions, damaged, failures } = this;
    const hits = { memory: memoryHits, shared: sharedHits };
    return { hits, misses, stores, skipped, evictions, damaged, failures };
  }
}
