/** A record as it is stored. */
export interface StoredRecord {
  readonly subject: string;
  /** Position in the whole store; grows with every record of any subject. */
  readonly sequence: number;
  readonly payload: Uint8Array;
  /** When it was stored, milliseconds since the epoch, by the store's clock. */
  readonly storedAt: number;
  /** The id it was appended with, or one of the store's own, if it keeps them. */
  readonly id?: string;
}

/** What an append expects, and by what a repeat of it is known. */
export interface AppendOptions {
  /**
   * The fence: the sequence of the last record of this subject as the writer knows it, 0 for "none
   * yet". If another writer has appended since, the append is refused with a `FencedError`.
   */
  readonly expected?: number;
  /** A repeat with the same id within the store's dedup window is not stored again. */
  readonly id?: string;
}

/** Where a record was stored. */
export interface Appended {
  readonly sequence: number;
  /** True when `id` had been stored before; `sequence` is then the earlier one's. */
  readonly duplicate: boolean;
}

/**
 * Durable records by subject, relative to the deployment's prefix: `journal.<kind>.<key>` for
 * entities (kept, fenced), `snapshot.<kind>.<key>` for their folded states and
 * `segment.<kind>.<key>` for their old records (in the same store, so that sequences compare), `dead.<source>` for dead letters, `results.<goal>` for results,
 * `spans.<trace>` for spans. An append that resolved is stored; one that rejected with anything but
 * a `FencedError` may or may not be, and is safe to repeat with the same `expected` or `id`.
 */
export interface Journal {
  append(subject: string, payload: Uint8Array, options?: AppendOptions): Promise<Appended>;
  /**
   * Records of a subject or filter (`*` and `>` as in NATS) in order, read from the leader.
   * `after`: only later sequences (default 0). `limit`: at most so many (default: all).
   */
  read(
    filter: string,
    options?: { readonly after?: number; readonly limit?: number },
  ): Promise<readonly StoredRecord[]>;
  /** The newest record of one subject, read from the leader. */
  last(subject: string): Promise<StoredRecord | undefined>;
  /**
   * Removes the records of one subject with a sequence below `before`, for good. The newest of the
   * subject always stays, so that its fence does. Safe to repeat after an error.
   *
   * @returns how many were removed; after a repeat within the call, at least 0
   */
  purge(subject: string, options: { readonly before: number }): Promise<number>;
}
