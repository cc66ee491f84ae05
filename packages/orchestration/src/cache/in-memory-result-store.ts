import { LruMap } from "./lru-map.ts";
import type { ResultStore, StoredBytes } from "./result-store.ts";

const defaultEntries = 100_000;
const defaultBytes = 256 * 1024 * 1024;

interface Entry extends StoredBytes {
  readonly tags: readonly string[];
}

/**
 * A result store in the memory of one process, for several caches in it: a deployment of one node,
 * tests, simulations. Drops what was used longest ago.
 *
 * @param options.maxEntries default 100 000
 * @param options.maxBytes of all entries; a larger one is dropped at once. Default 256 MiB
 */
export function inMemoryResultStore(
  options: { readonly maxEntries?: number; readonly maxBytes?: number } = {},
): ResultStore {
  const { maxEntries = defaultEntries, maxBytes = defaultBytes } = options;
  const entries = new LruMap<Entry>({ maxEntries, maxBytes });
  let version = 0;
  return {
    async get(key) {
      const entry = entries.get(key);
      return entry === undefined ? undefined : { bytes: entry.bytes, version: entry.version };
    },
    async put(key, bytes, { tags, replacing }) {
      const present = entries.get(key)?.version ?? 0;
      if (replacing !== undefined && replacing !== present) return false;
      version += 1;
      entries.set(key, { bytes: bytes.slice(), version, tags: [...tags] });
      return true;
    },
    async delete(key) {
      entries.delete(key);
    },
    async list(tag) {
      const tagged = [...entries].filter(([, { tags }]) => tags.includes(tag));
      return tagged.map(([key]) => key);
    },
  };
}
