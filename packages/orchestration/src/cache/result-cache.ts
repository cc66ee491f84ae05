import { ensureError, type Subscription } from "@troupe/actor";
import { InvalidationIncompleteError, NotPlainDataError } from "../errors.ts";
import { CacheCounter, type CacheCounts } from "./cache-counts.ts";
import {
  checkTags,
  type ResultCacheOptions,
  type SettledOptions,
  settleOptions,
} from "./cache-options.ts";
import { Flights } from "./flights.ts";
import {
  concerns,
  decodeNotice,
  encodeNotice,
  type InvalidationNotice,
  type InvalidationTarget,
} from "./invalidation-log.ts";
import { orAbort } from "./or-abort.ts";
import { checkKey } from "./result-key.ts";
import { decodeResult, type EncodedResult, encodeResult } from "./sealed-result.ts";
import { type Storing, TieredResults } from "./tiered-results.ts";

/** A result that was found. */
export interface FoundResult {
  /** As JSON gives it back, or a `Uint8Array`; the caller's own copy. */
  readonly value: unknown;
  readonly from: "memory" | "shared";
}

/** Whether a result is in the shared store now. */
export type Kept =
  | Storing
  | {
      readonly kept: false;
      readonly reason: "too-large" | "not-plain-data";
      readonly detail: string;
    };

type Encoding =
  | { readonly ok: true; readonly result: EncodedResult }
  | { readonly ok: false; readonly why: Kept };

/**
 * Results of tasks by what decides them: a bounded memory of this node in front of a store that all
 * nodes share.
 *
 * The cache never fails a task. Where the store fails or is slow (`storeLimitMs`), nothing is found,
 * nothing is kept, and for `storeRestMs` it is not asked again; this is logged and counted. An entry
 * that is damaged is removed and counts as not found.
 *
 * Invalidations are a log in the shared store, of the last 256; see `invalidate`. A node gives
 * nothing, not even from memory, before it knows the log as it was at most `trustMs` ago.
 */
export class ResultCache {
  readonly #options: SettledOptions;
  readonly #counter = new CacheCounter();
  readonly #results: TieredResults;
  readonly #flights = new Flights<() => unknown>();
  readonly #subscription: Subscription | undefined;

  /** @throws InvalidValueError for a limit that is not positive */
  constructor(options: ResultCacheOptions) {
    this.#options = settleOptions(options);
    this.#results = new TieredResults({
      options: this.#options,
      counter: this.#counter,
      onForgotten: (which) => this.#flights.detach(which),
    });
    const { notices } = this.#options;
    this.#subscription = notices?.transport.subscribe(notices.subject, ({ payload }) =>
      this.#results.hear(decodeNotice(payload)),
    );
  }

  /** What the cache has done so far. */
  get counts(): CacheCounts {
    return this.#counter.counts;
  }

  /**
   * The result of this key, from memory or from the shared store; undefined when there is none, or
   * the store does not answer.
   *
   * @throws InvalidValueError for a key that is not from `resultKey`
   */
  async find(key: string): Promise<FoundResult | undefined> {
    checkKey(key);
    const found = await this.#results.lookUp(key);
    return found && { value: decodeResult(found.held), from: found.from };
  }

  /**
   * Keeps a result in memory and in the shared store. `value` is plain data (see `canonicalJson`) or
   * a `Uint8Array`; anything else, and what is too large, goes by, and the answer says why.
   *
   * @param options.tags under which it can be invalidated and warmed, at most 16
   * @throws InvalidValueError for a key that is not from `resultKey`, and for impossible tags
   */
  async keep(
    key: string,
    value: unknown,
    options: { readonly tags?: readonly string[] } = {},
  ): Promise<Kept> {
    const { tags = [] } = options;
    checkKey(key);
    checkTags(tags);
    const encoding = this.#encode(value);
    if (!encoding.ok) return this.#told(key, encoding.why);
    const since = await this.#results.currentPosition();
    return this.#told(key, await this.#results.put(key, encoding.result, tags, since));
  }

  /**
   * The result of this key, or else that of `run`, which is kept. Concurrent callers on this node
   * share one lookup and one run, with the tags of the first. All get the value as the cache gives
   * it back (fields that are undefined are left out), each a copy of its own; one that cannot be
   * kept is the same object for all.
   *
   * A failure of `run` goes to everyone who waits, and is not kept. A caller whose `signal` is
   * aborted gets the signal's reason and leaves the others undisturbed; the signal that `run` is
   * given is aborted when nobody waits any more. Other nodes may run the same key at the same time.
   *
   * @throws InvalidValueError for a key that is not from `resultKey`, and for impossible tags
   */
  async getOrRun<T>(
    key: string,
    run: (signal: AbortSignal) => Promise<T>,
    options: { readonly tags?: readonly string[]; readonly signal?: AbortSignal } = {},
  ): Promise<T> {
    const { tags = [], signal } = options;
    checkKey(key);
    checkTags(tags);
    const { clock, trustMs } = this.#options;
    const known = await orAbort(this.#results.currentPosition(), signal);
    const at = clock.monotonic();
    // A run that may have been invalidated unnoticed is not to be joined.
    if (known === undefined) this.#flights.detach((_, __, begunAt) => begunAt < at - trustMs);
    const begin = (own: AbortSignal): Promise<() => unknown> =>
      this.#findOrRun(key, run, tags, own);
    const read = await this.#flights.join(key, begin, { tags, at, signal });
    // The key names type and version of the task, and with them the shape of its result.
    return read() as T;
  }

  /**
   * Reads shared results into memory: those of `keys`, or all with a tag; at most as many as memory
   * holds. Counts as neither hits nor misses.
   *
   * @returns how many of them are in memory now
   * @throws InvalidValueError for a key that is not from `resultKey`
   */
  async warm(
    what: { readonly keys: readonly string[] } | { readonly tag: string },
  ): Promise<number> {
    const keys = "keys" in what ? what.keys : await this.#results.tagged(what.tag);
    for (const key of keys) checkKey(key);
    return this.#results.warm([...new Set(keys)].slice(0, this.#options.maxEntries));
  }

  /**
   * Makes the result of a key, or all results with a tag, be forgotten everywhere. A run that has
   * begun before is not kept, on any node, whenever it ends; those who wait for it still get it.
   * When this resolves, the invalidation is in the shared log, and:
   *
   * - this node does not give those results again;
   * - a node that hears the notice does not, from then on;
   * - a node that missed it does not after `trustMs`, whatever was lost, and also when it cannot reach
   *   the store: it then finds nothing, and joins no run that is older.
   *
   * The log remembers 256 invalidations. A node that missed more forgets its whole memory, and keeps
   * nothing that it was running. A run would slip through only if 256 others came between its last
   * look at the log and its storing, at most `storeLimitMs` later.
   *
   * @throws InvalidationIncompleteError when the store failed; then call it again
   * @throws InvalidValueError for a key that is not from `resultKey`
   */
  async invalidate(target: InvalidationTarget): Promise<void> {
    if ("key" in target) checkKey(target.key);
    else checkTags([target.tag]);
    this.#results.forget((key, tags) => concerns(target, key, tags));
    try {
      this.#tellOthers(await this.#results.logInvalidation(target));
      await this.#results.removeShared(target);
    } catch (thrown) {
      const what = "key" in target ? `key ${target.key}` : `tag '${target.tag}'`;
      throw new InvalidationIncompleteError(what, { cause: ensureError(thrown) });
    }
  }

  /** Stops listening to notices. What others invalidate is then noticed within `trustMs`. */
  close(): void {
    this.#subscription?.unsubscribe();
  }

  async #findOrRun(
    key: string,
    run: (signal: AbortSignal) => Promise<unknown>,
    tags: readonly string[],
    signal: AbortSignal,
  ): Promise<() => unknown> {
    const found = await this.#results.lookUp(key);
    if (found !== undefined) return () => decodeResult(found.held);
    const since = this.#results.position;
    const value = await run(signal);
    const encoding = this.#encode(value);
    if (!encoding.ok) {
      this.#told(key, encoding.why);
      return () => value;
    }
    this.#told(key, await this.#results.put(key, encoding.result, tags, since));
    return () => decodeResult(encoding.result);
  }

  #encode(value: unknown): Encoding {
    const { maxResultBytes } = this.#options;
    const skip = (reason: "too-large" | "not-plain-data", detail: string): Encoding => ({
      ok: false,
      why: { kept: false, reason, detail },
    });
    try {
      const result = encodeResult(value);
      if (result === undefined) return skip("not-plain-data", "it is undefined");
      if (result.bytes.length <= maxResultBytes) return { ok: true, result };
      const { length } = result.bytes;
      return skip("too-large", `it has ${length} bytes, and the limit is ${maxResultBytes}`);
    } catch (thrown) {
      if (thrown instanceof NotPlainDataError) return skip("not-plain-data", thrown.message);
      throw thrown;
    }
  }

  /** Counts and logs what goes by. */
  #told(key: string, kept: Kept): Kept {
    if (kept.kept) return kept;
    const { reason, detail } = kept;
    this.#counter.skipped += 1;
    this.#options.log("info", `result ${key} is not kept: ${detail}`, { key, reason });
    return kept;
  }

  #tellOthers(notice: InvalidationNotice): void {
    const { notices, log } = this.#options;
    if (notices === undefined) return;
    const { transport, subject } = notices;
    try {
      transport.publish(subject, encodeNotice(notice));
    } catch (thrown) {
      this.#counter.failures += 1;
      const why = ensureError(thrown).message;
      log("warn", `a notice of invalidation was not sent: ${why}`, { subject });
    }
  }
}
