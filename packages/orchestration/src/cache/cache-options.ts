import { type Clock, type Log, type Random, silentLog, type Transport } from "@troupe/actor";
import { InvalidValueError } from "../errors.ts";
import type { ResultStore } from "./result-store.ts";

/** What results are kept with, and within which bounds. */
export interface ResultCacheOptions {
  /** What the nodes of the deployment share. */
  readonly store: ResultStore;
  readonly clock: Clock;
  readonly random: Random;
  /** Told of failures of the store, and of results that go by. Default: nobody is told. */
  readonly log?: Log;
  /**
   * Where nodes tell each other of invalidations: a subject of this deployment that no stream
   * captures. Default: nobody is told, and others find out within `trustMs`.
   */
  readonly notices?:
    | {
        readonly transport: Pick<Transport, "publish" | "subscribe">;
        readonly subject: string;
      }
    | undefined;
  /** Results in memory; default 1000. */
  readonly maxEntries?: number;
  /** Of the results in memory; default 64 MiB. A larger one is in the store only. */
  readonly maxBytes?: number;
  /** A result with more bytes, as JSON, is not kept at all; default 8 MiB. */
  readonly maxResultBytes?: number;
  /**
   * How long a node believes its copy of the log of invalidations, milliseconds; default 5000. So
   * long can a node that missed a notice give what has been invalidated.
   */
  readonly trustMs?: number;
  /** How long one operation of the store is waited for, milliseconds; default 2000. */
  readonly storeLimitMs?: number;
  /** How long after a failure the store is left alone, milliseconds; default 5000. */
  readonly storeRestMs?: number;
}

const mib = 1024 * 1024;
const limits = {
  maxEntries: 1000,
  maxBytes: 64 * mib,
  maxResultBytes: 8 * mib,
  trustMs: 5000,
  storeLimitMs: 2000,
  storeRestMs: 5000,
};
const mostTags = 16;
const longestTag = 256;

export type SettledOptions = Required<Omit<ResultCacheOptions, "notices">> &
  Pick<ResultCacheOptions, "notices">;

/** The options with their defaults. Throws `InvalidValueError` for a limit that is not positive. */
export function settleOptions(options: ResultCacheOptions): SettledOptions {
  const settled = { log: silentLog, ...limits, ...options };
  for (const name of Object.keys(limits)) {
    const value: unknown = Reflect.get(settled, name);
    if (typeof value !== "number" || !(value > 0)) {
      throw new InvalidValueError("result cache", name, value, "a positive number");
    }
  }
  return settled;
}

/** Throws `InvalidValueError` for more than 16 tags, and for one not of 1 to 256 characters. */
export function checkTags(tags: readonly string[]): void {
  if (tags.length > mostTags) {
    throw new InvalidValueError("result cache", "tags", tags, `at most ${mostTags}`);
  }
  for (const tag of tags) {
    if (tag !== "" && tag.length <= longestTag) continue;
    throw new InvalidValueError("result cache", "tag", tag, `1 to ${longestTag} characters`);
  }
}
