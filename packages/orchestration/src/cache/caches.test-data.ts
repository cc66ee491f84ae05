import type { LogLevel } from "@troupe/actor";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import type { ResultCacheOptions } from "./cache-options.ts";
import { inMemoryResultStore } from "./in-memory-result-store.ts";
import { ResultCache } from "./result-cache.ts";
import { resultKey } from "./result-key.ts";
import type { ResultStore } from "./result-store.ts";

/** The key of a task by a name. */
export const keyOf = (name: string): string =>
  resultKey({ type: "test", version: 1, input: { name } });

/** A store that does before each operation what a test says, and knows what was asked of it. */
export function meddledStore(store: ResultStore) {
  const asked: string[] = [];
  const meddling = { before: async (_operation: string, _key: string): Promise<void> => {} };
  const meddled = async <T>(operation: string, key: string, action: () => Promise<T>) => {
    asked.push(`${operation} ${key}`);
    await meddling.before(operation, key);
    return action();
  };
  const shared: ResultStore = {
    get: (key) => meddled("get", key, () => store.get(key)),
    put: (key, bytes, options) => meddled("put", key, () => store.put(key, bytes, options)),
    delete: (key) => meddled("delete", key, () => store.delete(key)),
    list: (tag) => meddled("list", tag, () => store.list(tag)),
  };
  return { shared, asked, meddling };
}

/** The caches of several nodes, in virtual time, on one store and one network. */
export function cachesOnOneStore(seed = 1) {
  const clock = new VirtualClock();
  const random = seededRandom(seed);
  const network = new InMemoryNetwork({ clock, random, delayMs: 1 });
  const store = inMemoryResultStore();
  const lines: string[] = [];
  const log = (level: LogLevel, message: string): void => {
    lines.push(`${level} ${message}`);
  };
  const node = (name: string, options: Partial<ResultCacheOptions> = {}): ResultCache =>
    new ResultCache({
      store,
      clock,
      random,
      log,
      notices: { transport: network.connect(name), subject: "t.cache-notices" },
      ...options,
    });
  return { clock, random, network, store, lines, node };
}
