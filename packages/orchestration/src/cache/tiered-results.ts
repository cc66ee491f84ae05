import type { CacheCounter } from "./cache-counts.ts";
import type { SettledOptions } from "./cache-options.ts";
import { eachOf } from "./each-of.ts";
import { GuardedStore } from "./guarded-store.ts";
import {
  concerns,
  type InvalidationLog,
  type InvalidationNotice,
  type InvalidationTarget,
  isInvalidated,
  type LogPosition,
  tellsAllSince,
} from "./invalidation-log.ts";
import { LogFollower } from "./log-follower.ts";
import { LruMap } from "./lru-map.ts";
import { type EncodedResult, type HeldResult, seal, unseal } from "./sealed-result.ts";

/** Chooses results by key and tags. */
export type Which = (key: string, tags: readonly string[]) => boolean;

/** How storing went; `detail` says why not. */
export type Storing =
  | { readonly kept: true }
  | {
      readonly kept: false;
      readonly reason: "invalidated" | "store-failed";
      readonly detail: string;
    };

interface Tiers {
  readonly options: SettledOptions;
  readonly counter: CacheCounter;
  /** Told of what is forgotten, so that runs under way are not joined any more. */
  readonly onForgotten: (which: Which) => void;
}

/** The memory of this node, the shared store behind it, and the log of invalidations over both. */
export class TieredResults {
  readonly #tiers: Tiers;
  readonly #memory: LruMap<HeldResult>;
  readonly #store: GuardedStore;
  readonly #follower: LogFollower;

  constructor(tiers: Tiers) {
    const { options, counter } = tiers;
    const { store, clock, random, log, maxEntries, maxBytes, trustMs } = options;
    this.#tiers = tiers;
    this.#memory = new LruMap({
      maxEntries,
      maxBytes,
      onEvicted: () => {
        counter.evictions += 1;
      },
    });
    this.#store = new GuardedStore({
      store,
      clock,
      log,
      limitMs: options.storeLimitMs,
      restMs: options.storeRestMs,
      onFailure: () => {
        counter.failures += 1;
      },
    });
    this.#follower = new LogFollower({
      store: this.#store,
      clock,
      random,
      trustMs,
      onCopy: (copy, previous) => this.#forgetInvalidated(copy, previous),
    });
  }

  /** How far this node knows the log, whatever the age of its copy. */
  get position(): LogPosition | undefined {
    return this.#follower.copy;
  }

  /** The same, not older than `trustMs`; undefined when the store cannot be asked. */
  async currentPosition(): Promise<LogPosition | undefined> {
    return this.#follower.current();
  }

  /** In memory or in the store, and counted. */
  async lookUp(
    key: string,
  ): Promise<{ readonly held: HeldResult; readonly from: "memory" | "shared" } | undefined> {
    const { counter } = this.#tiers;
    const current = await this.#follower.current();
    const remembered = current && this.#memory.get(key);
    if (remembered !== undefined) {
      counter.memoryHits += 1;
      return { held: remembered, from: "memory" };
    }
    const fetched = current && (await this.#fetch(key));
    if (fetched === undefined) {
      counter.misses += 1;
      return undefined;
    }
    counter.sharedHits += 1;
    return { held: fetched, from: "shared" };
  }

  /** Reads into memory what is not there, and says how many of the keys are. */
  async warm(keys: readonly string[]): Promise<number> {
    if ((await this.#follower.current()) === undefined) return 0;
    const inMemory = (key: string): boolean => this.#memory.get(key) !== undefined;
    await eachOf(keys, async (key) => {
      if (!inMemory(key)) await this.#fetch(key);
    });
    return keys.filter(inMemory).length;
  }

  /** The keys in the store with a tag; none when it does not answer. */
  async tagged(tag: string): Promise<readonly string[]> {
    const listed = await this.#store.attempt("listing a tag", (store) => store.list(tag));
    return listed.ok ? listed.value : [];
  }

  /** Stores a result that holds unless the log, behind `since`, says otherwise. */
  async put(
    key: string,
    encoded: EncodedResult,
    tags: readonly string[],
    since: LogPosition | undefined,
  ): Promise<Storing> {
    const log = await this.#follower.newest();
    if (log === undefined || since === undefined) {
      const detail = "the log of invalidations could not be read";
      return { kept: false, reason: "store-failed", detail };
    }
    const { origin, number } = since;
    const held: HeldResult = { ...encoded, tags: [...tags], since: { origin, number } };
    const holds = (): boolean => {
      const { copy } = this.#follower;
      return copy !== undefined && tellsAllSince(copy, since) && !isInvalidated(copy, key, held);
    };
    if (!holds()) {
      const detail = "it was, or may have been, invalidated after its run had begun";
      return { kept: false, reason: "invalidated", detail };
    }
    const put = await this.#store.attempt("storing a result", (store) =>
      store.put(key, seal(key, held), { tags: held.tags }),
    );
    if (!put.ok) return { kept: false, reason: "store-failed", detail: put.error.message };
    this.#tiers.counter.stores += 1;
    if (holds()) this.#memory.set(key, held);
    return { kept: true };
  }

  /** Forgets at once what is meant, in this node alone. */
  forget(which: Which): void {
    for (const [key, { tags }] of this.#memory) if (which(key, tags)) this.#memory.delete(key);
    this.#tiers.onForgotten(which);
  }

  /** Adds to the log, and says what the others are to hear. Rejects when the store fails. */
  async logInvalidation(target: InvalidationTarget): Promise<InvalidationNotice> {
    return this.#follower.append(target);
  }

  /** Removes from the store what is meant. Rejects when the store fails. */
  async removeShared(target: InvalidationTarget): Promise<void> {
    const keys = "key" in target ? [target.key] : await this.#taggedForSure(target.tag);
    await eachOf(keys, async (key) => {
      const removed = await this.#store.insist("removing a result", (store) => store.delete(key));
      if (!removed.ok) throw removed.error;
    });
  }

  /** What another node says; undefined when it was not to be understood. */
  hear(notice: InvalidationNotice | undefined): void {
    const { copy } = this.#follower;
    if (notice !== undefined) {
      const { origin, record } = notice;
      if (copy?.origin === origin && copy.number >= record.number) return;
      this.forget((key, tags) => concerns(record.target, key, tags));
    }
    this.#follower.doubt();
  }

  /** From the store into memory. */
  async #fetch(key: string): Promise<HeldResult | undefined> {
    const got = await this.#store.attempt("reading a result", (store) => store.get(key));
    if (!got.ok || got.value === undefined) return undefined;
    const held = unseal(key, got.value.bytes);
    // It may have been invalidated while it was on its way.
    if ((await this.#follower.current()) === undefined) return undefined;
    const log = this.#follower.copy;
    if (log !== undefined && held !== undefined && !isInvalidated(log, key, held)) {
      this.#memory.set(key, held);
      return held;
    }
    if (held === undefined) {
      const { counter, options } = this.#tiers;
      counter.damaged += 1;
      options.log("warn", `result ${key} in the store is damaged, and is removed`, { key });
    }
    await this.#store.attempt("removing a result", (store) => store.delete(key));
    return undefined;
  }

  async #taggedForSure(tag: string): Promise<readonly string[]> {
    const listed = await this.#store.insist("listing a tag", (store) => store.list(tag));
    if (!listed.ok) throw listed.error;
    return listed.value;
  }

  /** What a newer copy of the log says of memory and runs; all of them, when it does not say. */
  #forgetInvalidated(copy: InvalidationLog, previous: InvalidationLog | undefined): void {
    if (previous === undefined) return;
    if (!tellsAllSince(copy, previous)) return this.forget(() => true);
    for (const { number, target } of copy.records) {
      if (number > previous.number) this.forget((key, tags) => concerns(target, key, tags));
    }
  }
}
