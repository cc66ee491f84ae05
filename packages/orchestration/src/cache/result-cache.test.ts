import { settled } from "@troupe/testkit";
import { expect, test } from "vitest";
import { InvalidValueError } from "../errors.ts";
import { cachesOnOneStore, keyOf, meddledStore } from "./caches.test-data.ts";

const key = keyOf("one");

test("a result is found in memory where it was kept, and in the shared store elsewhere, once", async () => {
  const { node } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  expect(await a.find(key)).toBeUndefined();
  expect(await a.keep(key, { rows: 3 })).toEqual({ kept: true });
  expect(await a.find(key)).toEqual({ value: { rows: 3 }, from: "memory" });
  expect(await b.find(key)).toEqual({ value: { rows: 3 }, from: "shared" });
  expect(await b.find(key)).toEqual({ value: { rows: 3 }, from: "memory" });
  expect(a.counts).toMatchObject({ hits: { memory: 1, shared: 0 }, misses: 1, stores: 1 });
  expect(b.counts).toMatchObject({ hits: { memory: 1, shared: 1 }, misses: 0, stores: 0 });
});

test.each([[null], [0], [""], [[]], [{ a: [1, { b: null }] }], [new Uint8Array([0, 10, 255])]])(
  "gives back what was kept: case %#",
  async (value) => {
    const { node } = cachesOnOneStore();
    await node("a").keep(key, value);
    expect(await node("b").find(key)).toEqual({ value, from: "shared" });
  },
);

test("a task runs once for all callers of a node, and not at all on the next one", async () => {
  const { node } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  let runs = 0;
  const run = async () => {
    runs += 1;
    await settled();
    return { rows: [runs], note: undefined };
  };
  const all = await Promise.all(Array.from({ length: 10 }, () => a.getOrRun(key, run)));
  expect(all).toEqual(Array(10).fill({ rows: [1] }));
  expect(await b.getOrRun(key, run)).toEqual({ rows: [1] });
  expect(runs).toBe(1);
  expect(a.counts).toMatchObject({ misses: 1, stores: 1 });
});

test("what one caller does to its result does not change another's", async () => {
  const { node } = cachesOnOneStore();
  const cache = node("a");
  const run = async () => ({ rows: [1] });
  const [first, second] = await Promise.all([cache.getOrRun(key, run), cache.getOrRun(key, run)]);
  first.rows.push(2);
  expect(second).toEqual({ rows: [1] });
  expect((await cache.find(key))?.value).toEqual({ rows: [1] });
});

test("a failure is not kept", async () => {
  const { node } = cachesOnOneStore();
  const cache = node("a");
  const failing = cache.getOrRun(key, () => Promise.reject(new Error("no such column")));
  await expect(failing).rejects.toThrow("no such column");
  expect(await cache.find(key)).toBeUndefined();
  expect(await cache.getOrRun(key, async () => 5)).toBe(5);
});

test("a caller who is aborted leaves the others undisturbed, and what they ran is kept", async () => {
  const { node } = cachesOnOneStore();
  const cache = node("a");
  const end = Promise.withResolvers<string>();
  const leaver = new AbortController();
  const left = cache.getOrRun(key, () => end.promise, { signal: leaver.signal });
  const stays = cache.getOrRun(key, () => end.promise);
  await settled();
  leaver.abort(new Error("cancelled"));
  await expect(left).rejects.toThrow("cancelled");
  end.resolve("done");
  expect(await stays).toBe("done");
  expect((await cache.find(key))?.value).toBe("done");
});

test("a caller who is aborted does not wait for a store that does not answer", async () => {
  const { node, store } = cachesOnOneStore();
  const { shared, meddling } = meddledStore(store);
  meddling.before = () => new Promise(() => {});
  const leaver = new AbortController();
  const left = node("a", { store: shared }).getOrRun(key, async () => 1, { signal: leaver.signal });
  await settled();
  leaver.abort(new Error("cancelled"));
  await expect(left).rejects.toThrow("cancelled");
});

test("what memory drops for room is still in the shared store", async () => {
  const { node } = cachesOnOneStore();
  const cache = node("a", { maxEntries: 2 });
  for (const name of ["1", "2", "3"]) await cache.keep(keyOf(name), name);
  expect(cache.counts.evictions).toBe(1);
  expect(await cache.find(keyOf("3"))).toEqual({ value: "3", from: "memory" });
  expect(await cache.find(keyOf("1"))).toEqual({ value: "1", from: "shared" });
  const narrow = node("b", { maxBytes: 100 });
  await narrow.keep(key, "x".repeat(200));
  expect(await narrow.find(key)).toMatchObject({ from: "shared" });
});

test("what is too large or no plain data goes by, with the reason, and the task gets its result", async () => {
  const { node, store, lines } = cachesOnOneStore();
  const cache = node("a", { maxResultBytes: 100 });
  expect(await cache.keep(key, "x".repeat(99))).toEqual({
    kept: false,
    reason: "too-large",
    detail: "it has 101 bytes, and the limit is 100",
  });
  expect(await cache.keep(key, { at: new Map() })).toMatchObject({ reason: "not-plain-data" });
  const map = new Map([["a", 1]]);
  expect(await cache.getOrRun(key, async () => map)).toBe(map);
  expect(await cache.getOrRun(key, async () => undefined)).toBeUndefined();
  expect(await cache.getOrRun(key, async () => "y".repeat(200))).toBe("y".repeat(200));
  expect(await store.get(key)).toBeUndefined();
  expect(cache.counts).toMatchObject({ skipped: 5, stores: 0, misses: 3, failures: 0 });
  expect(lines.filter((line) => line.includes("is not kept")).length).toBe(5);
});

test("an entry with any byte damaged is a miss and is removed", async () => {
  const { node, store } = cachesOnOneStore();
  await node("a").keep(key, { rows: 3 }, { tags: ["t"] });
  const whole = (await store.get(key))?.bytes ?? new Uint8Array();
  expect(whole.length).toBeGreaterThan(100);
  for (let at = 0; at <= whole.length; at += 1) {
    // At the end of the loop: cut off instead.
    const damaged = at === whole.length ? whole.slice(0, at - 1) : whole.slice();
    if (at < whole.length) damaged[at] = (damaged[at] ?? 0) ^ 1;
    await store.put(key, damaged, { tags: [] });
    const cache = node(`b${at}`);
    expect(await cache.find(key)).toBeUndefined();
    expect(cache.counts).toMatchObject({ damaged: 1, misses: 1, failures: 0 });
    expect(await store.get(key)).toBeUndefined();
  }
  await store.put(keyOf("other"), whole, { tags: [] });
  expect(await node("c").find(keyOf("other"))).toBeUndefined();
});

test("warming reads results into memory, by key or by tag, and counts as no hit", async () => {
  const { node, store } = cachesOnOneStore();
  const names = Array.from({ length: 20 }, (_, i) => String(i));
  const a = node("a");
  for (const name of names) await a.keep(keyOf(name), name, { tags: ["t", `only ${name}`] });
  const { shared, asked } = meddledStore(store);
  const b = node("b", { store: shared });
  expect(await b.warm({ tag: "t" })).toBe(20);
  const before = asked.length;
  for (const name of names) expect(await b.find(keyOf(name))).toMatchObject({ from: "memory" });
  expect(asked.length).toBe(before);
  expect(b.counts).toMatchObject({ hits: { memory: 20, shared: 0 }, misses: 0 });
  const c = node("c", { maxEntries: 5 });
  expect(await c.warm({ tag: "t" })).toBe(5);
  expect(await c.warm({ keys: [keyOf("7"), keyOf("7"), keyOf("absent")] })).toBe(1);
  expect(await c.warm({ tag: "only 3" })).toBe(1);
  expect(await c.warm({ tag: "absent" })).toBe(0);
});

test("refuses keys, tags and limits that cannot be", async () => {
  const { node } = cachesOnOneStore();
  const cache = node("a");
  const run = async () => 1;
  await expect(cache.find("orders")).rejects.toThrow(InvalidValueError);
  await expect(cache.keep("orders", 1)).rejects.toThrow(InvalidValueError);
  await expect(cache.getOrRun("orders", run)).rejects.toThrow(InvalidValueError);
  await expect(cache.warm({ keys: ["orders"] })).rejects.toThrow(InvalidValueError);
  await expect(cache.invalidate({ key: "orders" })).rejects.toThrow(InvalidValueError);
  await expect(cache.keep(key, 1, { tags: [""] })).rejects.toThrow(InvalidValueError);
  await expect(cache.getOrRun(key, run, { tags: Array(17).fill("t") })).rejects.toThrow(/at most/);
  expect(() => node("b", { trustMs: 0 })).toThrow(/trustMs is 0/);
});
