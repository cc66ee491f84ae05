import { expect, test } from "vitest";
import { InvalidationIncompleteError } from "../errors.ts";
import { cachesOnOneStore, keyOf, meddledStore } from "./caches.test-data.ts";

const key = keyOf("one");

function withMeddledStore() {
  const world = cachesOnOneStore();
  return { ...world, ...meddledStore(world.store) };
}

test("a store that fails does not fail the task; it is logged, counted, and left alone for a while", async () => {
  const { node, shared, meddling, asked, clock, lines } = withMeddledStore();
  const cache = node("a", { store: shared });
  meddling.before = () => Promise.reject(new Error("disk full"));
  for (const value of [1, 2, 3]) expect(await cache.getOrRun(key, async () => value)).toBe(value);
  expect(asked.length).toBe(1);
  expect(cache.counts).toMatchObject({ failures: 1, misses: 3, skipped: 3, stores: 0 });
  expect(lines.filter((line) => line.startsWith("warn") && line.includes("disk full")).length).toBe(
    1,
  );
  meddling.before = async () => {};
  await clock.advance(5000);
  expect(await cache.getOrRun(key, async () => 4)).toBe(4);
  expect(await cache.getOrRun(key, async () => 5)).toBe(4);
  expect(cache.counts).toMatchObject({ failures: 1, stores: 1 });
});

test("a store that throws instead of rejecting does no more harm", async () => {
  const { node, shared } = withMeddledStore();
  const get = (): never => {
    throw new Error("not connected");
  };
  const cache = node("a", { store: { ...shared, get } });
  expect(await cache.getOrRun(key, async () => 1)).toBe(1);
  expect(cache.counts.failures).toBe(1);
});

test("a store that does not answer delays the task by its limit once, and no more", async () => {
  const { node, shared, meddling, clock } = withMeddledStore();
  const cache = node("a", { store: shared, storeLimitMs: 300 });
  meddling.before = () => new Promise(() => {});
  let got: number | undefined;
  const waiting = cache
    .getOrRun(key, async () => 7)
    .then((value) => {
      got = value;
    });
  await clock.advance(299);
  expect(got).toBeUndefined();
  await clock.advance(1);
  expect(got).toBe(7);
  await waiting;
  expect(await cache.getOrRun(key, async () => 8)).toBe(8);
});

test.each(["get", "put"])("a result is not said to be kept when '%s' failed", async (failing) => {
  const { node, shared, meddling } = withMeddledStore();
  const cache = node("a", { store: shared });
  await cache.keep(keyOf("before"), 0);
  meddling.before = async (operation) => {
    if (operation === failing) throw new Error("disk full");
  };
  expect(await cache.keep(key, 1)).toMatchObject({ kept: false, reason: "store-failed" });
  expect(await cache.find(key)).toBeUndefined();
});

test.each(["get", "put", "list", "delete"])(
  "an invalidation whose '%s' failed says so, also while the store is left alone, and can be repeated",
  async (failing) => {
    const { node, shared, meddling, store } = withMeddledStore();
    const cache = node("a", { store: shared });
    await cache.keep(key, 1, { tags: ["t"] });
    meddling.before = async (operation) => {
      if (operation === failing) throw new Error("disk full");
    };
    for (let i = 0; i < 2; i += 1) {
      const failed = await cache.invalidate({ tag: "t" }).catch((error) => error);
      expect(failed).toBeInstanceOf(InvalidationIncompleteError);
      expect(failed).toMatchObject({ retryable: true, code: "invalidation-incomplete" });
      expect(failed.message).toContain("disk full");
    }
    // What this node had in memory is forgotten all the same.
    expect(await cache.find(key)).toBeUndefined();
    meddling.before = async () => {};
    await cache.invalidate({ tag: "t" });
    expect(await store.get(key)).toBeUndefined();
    expect(await cache.find(key)).toBeUndefined();
  },
);

test("a notice that cannot be sent is counted, and the invalidation holds", async () => {
  const { node, clock } = withMeddledStore();
  const publish = (): never => {
    throw new Error("closed");
  };
  const transport = { publish, subscribe: () => ({ unsubscribe: () => {} }) };
  const cache = node("a", { notices: { transport, subject: "t.cache-notices" } });
  const other = node("b");
  await cache.keep(key, 1);
  await other.find(key);
  await cache.invalidate({ key });
  expect(cache.counts.failures).toBe(1);
  await clock.advance(5001);
  expect(await other.find(key)).toBeUndefined();
});
