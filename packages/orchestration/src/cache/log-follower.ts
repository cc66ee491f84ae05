import type { Clock, Random } from "@troupe/actor";
import type { GuardedStore } from "./guarded-store.ts";
import {
  decodeLog,
  encodeLog,
  type InvalidationLog,
  type InvalidationNotice,
  type InvalidationTarget,
  withInvalidation,
} from "./invalidation-log.ts";

/** No result's key, since those are digests. */
const logKey = "invalidations";
const originBytes = 8;
/** How often writers of the log may get in each other's way. */
const mostTries = 16;

interface Following {
  readonly store: GuardedStore;
  readonly clock: Clock;
  readonly random: Random;
  /** How long a copy is believed, milliseconds. */
  readonly trustMs: number;
  /** Told of every copy, before anyone uses it, with the one it follows. */
  readonly onCopy: (copy: InvalidationLog, previous: InvalidationLog | undefined) => void;
}

/** A node's copy of the log of invalidations, which lies in the shared store. */
export class LogFollower {
  readonly #following: Following;
  #copy: InvalidationLog | undefined;
  #readAt = Number.NEGATIVE_INFINITY;
  #doubts = 0;
  /** Reads and writes, one after the other, so that copies come in their order. */
  #tail: Promise<unknown> = Promise.resolve();
  /** The read that has not begun yet, which all who ask meanwhile share. */
  #queued: Promise<InvalidationLog | undefined> | undefined;

  constructor(following: Following) {
    this.#following = following;
  }

  /** The copy, of whatever age. */
  get copy(): InvalidationLog | undefined {
    return this.#copy;
  }

  /** A copy not older than `trustMs`; undefined when the store cannot be asked. */
  async current(): Promise<InvalidationLog | undefined> {
    const { clock, trustMs } = this.#following;
    if (this.#copy !== undefined && clock.monotonic() - this.#readAt <= trustMs) return this.#copy;
    return this.newest();
  }

  /** A copy read after this call; undefined when the store cannot be asked. */
  newest(): Promise<InvalidationLog | undefined> {
    if (this.#queued === undefined) {
      this.#queued = this.#tail.then(() => {
        this.#queued = undefined;
        return this.#read();
      });
      this.#tail = this.#queued;
    }
    return this.#queued;
  }

  /** The copy is known to be behind, and must be read again before it is used. */
  doubt(): void {
    this.#doubts += 1;
    this.#readAt = Number.NEGATIVE_INFINITY;
  }

  /** Adds a record. Rejects when it is not known to be in the log. */
  append(target: InvalidationTarget): Promise<InvalidationNotice> {
    const appended = this.#tail.then(() => this.#append(target));
    this.#tail = appended.catch(() => {});
    return appended;
  }

  async #read(): Promise<InvalidationLog | undefined> {
    const { store, clock } = this.#following;
    const begun = clock.monotonic();
    const doubts = this.#doubts;
    for (let tries = 0; tries < mostTries; tries += 1) {
      const got = await store.attempt("reading invalidations", (shared) => shared.get(logKey));
      if (!got.ok) return undefined;
      const log = got.value && decodeLog(got.value.bytes);
      if (log !== undefined) {
        this.#adopt(log);
        if (this.#doubts === doubts) this.#readAt = begun;
        return log;
      }
      // An absent log must not look the same before and after invalidations that were lost with it.
      const begin = { origin: this.#newOrigin(), number: 0, records: [] };
      const put = await store.attempt("beginning a log of invalidations", (shared) =>
        shared.put(logKey, encodeLog(begin), { tags: [], replacing: got.value?.version ?? 0 }),
      );
      if (!put.ok) return undefined;
    }
    return undefined;
  }

  async #append(target: InvalidationTarget): Promise<InvalidationNotice> {
    const { store } = this.#following;
    for (let tries = 0; tries < mostTries; tries += 1) {
      const got = await store.insist("reading invalidations", (shared) => shared.get(logKey));
      if (!got.ok) throw got.error;
      const log = (got.value && decodeLog(got.value.bytes)) ?? {
        origin: this.#newOrigin(),
        number: 0,
        records: [],
      };
      const { added, ...next } = withInvalidation(log, target);
      const put = await store.insist("adding an invalidation", (shared) =>
        shared.put(logKey, encodeLog(next), { tags: [], replacing: got.value?.version ?? 0 }),
      );
      if (!put.ok) throw put.error;
      if (put.value) {
        this.#adopt(next);
        return { origin: next.origin, record: added };
      }
    }
    throw new Error(`other nodes wrote the log of invalidations first, ${mostTries} times`);
  }

  #adopt(log: InvalidationLog): void {
    const previous = this.#copy;
    this.#copy = log;
    this.#following.onCopy(log, previous);
  }

  #newOrigin(): string {
    return this.#following.random.hex(originBytes);
  }
}
