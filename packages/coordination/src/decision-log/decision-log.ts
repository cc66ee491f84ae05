/** One entry of a decision log, at its place for good. */
export interface Decision {
  /** From 1, without gaps. */
  readonly index: number;
  /** What its proposer called it. */
  readonly id: string;
  /** Plain JSON data. */
  readonly entry: unknown;
}

/** By what a proposal is known when it is repeated, and how long it is tried. */
export interface ProposeOptions {
  /**
   * Stands for the entry: however often it is proposed, by whomever, it is decided once. A repeat with
   * another entry gets the index of the first. 1 to 200 characters.
   */
  readonly id: string;
  /** How long to try, milliseconds. Default the log's `withinMs`. */
  readonly withinMs?: number;
}

/** How much of a log is read, and how long that is tried. */
export interface ReadOptions {
  /** At most so many. Default all there are. */
  readonly limit?: number;
  /** How long to try, milliseconds. Default the log's `withinMs`. */
  readonly withinMs?: number;
}

/** Told what is decided. */
export interface Follower {
  /** Called once for each decision, in order, without gaps. One that throws ends the following. */
  decided(decision: Decision): void;
  /** The following has ended: a `CompactedError`, or what `decided` threw. */
  failed(error: Error): void;
}

/**
 * Entries that a group puts in one order, for good.
 *
 * - The order is linearizable: what is proposed after something is known to be decided comes after it,
 *   and a read shows everything that was known to be decided when it began.
 * - Indexes have no gaps, and an index never gets another entry.
 * - What `propose` resolved for is durable, as far as the back end's storage is.
 * - An id is decided once, as long as its decision is among the newest `retain`.
 */
export interface DecisionLog {
  /**
   * Has an entry decided. Resolves once it is, and durable.
   *
   * @param entry plain JSON data
   * @returns its place; that of the first when the id was decided before
   * @throws RangeError when the id is empty or longer than 200 characters
   * @throws EntryTooLargeError when entry and id have more bytes than one entry may
   * @throws LogUnavailableError when nobody could say in time; it may be decided all the same, so repeat
   *   it with the same id
   * @throws ContendedLogError when other writers were faster every time (journal back end)
   * @throws LogBusyError when too many proposals wait already (journal back end)
   */
  propose(entry: unknown, options: ProposeOptions): Promise<{ readonly index: number }>;
  /**
   * The decisions from an index on, in order: at least all that were known to be decided when the call
   * began.
   *
   * @throws CompactedError when the decision at `from` is no longer kept
   * @throws LogUnavailableError when nobody could say in time
   */
  read(from: number, options?: ReadOptions): Promise<readonly Decision[]>;
  /**
   * Tells a follower of every decision from an index on, until it is stopped. Times without an answer
   * are waited through.
   *
   * @returns stops it
   */
  follow(from: number, follower: Follower): () => void;
}
