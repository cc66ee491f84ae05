import { settled } from "@troupe/testkit";
import { expect, test } from "vitest";
import { cachesOnOneStore, keyOf, meddledStore } from "./caches.test-data.ts";
import { rememberedInvalidations } from "./invalidation-log.ts";
import type { ResultStore } from "./result-store.ts";

const key = keyOf("one");
const trustMs = 5000;

test("removes a result everywhere, and no other", async () => {
  const { node, store, clock } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  const others = ["x", "y"].map(keyOf);
  for (const one of [key, ...others]) await a.keep(one, "v");
  for (const one of [key, ...others]) await b.find(one);
  await a.invalidate({ key });
  await clock.advance(1);
  expect(await a.find(key)).toBeUndefined();
  expect(await b.find(key)).toBeUndefined();
  expect(await store.get(key)).toBeUndefined();
  for (const one of others) expect(await b.find(one)).toMatchObject({ from: "memory" });
});

test("removes all results with a tag, and no other", async () => {
  const { node, store, clock } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  const tagged = Array.from({ length: 30 }, (_, i) => keyOf(`t${i}`));
  for (const one of tagged) await a.keep(one, "v", { tags: ["other", "orders.csv"] });
  await a.keep(key, "v", { tags: ["other"] });
  await b.warm({ tag: "other" });
  await a.invalidate({ tag: "orders.csv" });
  await clock.advance(1);
  for (const one of tagged) {
    expect(await a.find(one)).toBeUndefined();
    expect(await b.find(one)).toBeUndefined();
    expect(await store.get(one)).toBeUndefined();
  }
  expect(await b.find(key)).toMatchObject({ from: "memory" });
});

test("what is kept after an invalidation is found again", async () => {
  const { node, clock } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  await a.keep(key, 1, { tags: ["t"] });
  await b.find(key);
  await a.invalidate({ tag: "t" });
  await clock.advance(1);
  expect(await b.getOrRun(key, async () => 2, { tags: ["t"] })).toBe(2);
  expect(await a.find(key)).toEqual({ value: 2, from: "shared" });
  expect(await b.find(key)).toEqual({ value: 2, from: "memory" });
});

test("a node that missed the notice gives the result at most as long as it trusts its copy", async () => {
  const { node, clock, network } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  await a.keep(key, "v");
  await a.keep(keyOf("other"), "v");
  await b.find(key);
  await b.find(keyOf("other"));
  network.isolate("b");
  await a.invalidate({ key });
  expect(await b.find(key)).toMatchObject({ from: "memory" });
  await clock.advance(trustMs + 1);
  expect(await b.find(key)).toBeUndefined();
  expect(await b.find(keyOf("other"))).toMatchObject({ from: "memory" });
});

test("a node that reaches neither notices nor store gives nothing after that time", async () => {
  const { node, clock, network, store } = cachesOnOneStore();
  const { shared, meddling } = meddledStore(store);
  const [a, b] = [node("a"), node("b", { store: shared })];
  await a.keep(key, "v");
  await b.find(key);
  network.isolate("b");
  meddling.before = () => Promise.reject(new Error("unreachable"));
  await a.invalidate({ key });
  await clock.advance(trustMs + 1);
  expect(await b.find(key)).toBeUndefined();
  expect(await b.getOrRun(key, async () => "new")).toBe("new");
});

test("a notice that is not understood makes a node look at the log", async () => {
  const { node, clock, network } = cachesOnOneStore();
  const [a, b] = [node("a", { notices: undefined }), node("b")];
  await a.keep(key, "v");
  await b.find(key);
  await a.invalidate({ key });
  expect(await b.find(key)).toMatchObject({ from: "memory" });
  network.connect("newer release").publish("t.cache-notices", new Uint8Array([1, 2]));
  await clock.advance(1);
  expect(await b.find(key)).toBeUndefined();
});

test("a closed cache hears no notice any more, and finds out in time", async () => {
  const { node, clock } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  await a.keep(key, "v");
  await b.find(key);
  b.close();
  await a.invalidate({ key });
  await clock.advance(1);
  expect(await b.find(key)).toMatchObject({ from: "memory" });
  await clock.advance(trustMs);
  expect(await b.find(key)).toBeUndefined();
});

test.each([
  ["here", "a", false],
  ["on another node", "b", false],
  ["on another node that missed the notice", "b", true],
])(
  "a run that began before, %s, goes to who waits, and is neither kept nor joined later",
  async (_, runner, cutOff) => {
    const { node, clock, network, store } = cachesOnOneStore();
    const nodes: Record<string, ReturnType<typeof node>> = { a: node("a"), b: node("b") };
    const cache = nodes[runner] ?? node("none");
    const end = Promise.withResolvers<string>();
    const old = cache.getOrRun(key, () => end.promise, { tags: ["t"] });
    await settled();
    if (cutOff) network.isolate("b");
    await nodes["a"]?.invalidate({ tag: "t" });
    await clock.advance(1);
    if (!cutOff) expect(await cache.getOrRun(key, async () => "new", { tags: ["t"] })).toBe("new");
    end.resolve("old");
    expect(await old).toBe("old");
    expect(cache.counts.skipped).toBe(1);
    if (cutOff) expect(await store.get(key)).toBeUndefined();
    else expect(await node("c").find(key)).toEqual({ value: "new", from: "shared" });
    expect(await cache.find(key)).toEqual(cutOff ? undefined : { value: "new", from: "memory" });
  },
);

test.each([
  ["knows the log again", false],
  ["reaches neither notices nor store", true],
])("a long run on a node that missed the notice, and %s, is not joined later", async (_, alone) => {
  const { node, clock, network, store } = cachesOnOneStore();
  const { shared, meddling } = meddledStore(store);
  const [a, b] = [node("a"), node("b", { store: shared })];
  const end = Promise.withResolvers<string>();
  const old = b.getOrRun(key, () => end.promise);
  await settled();
  network.isolate("b");
  if (alone) meddling.before = () => Promise.reject(new Error("unreachable"));
  await a.invalidate({ key });
  await clock.advance(trustMs + 1);
  expect(await b.getOrRun(key, async () => "new")).toBe("new");
  end.resolve("old");
  expect(await old).toBe("old");
});

test("without a store, callers share one run all the same", async () => {
  const { node, store } = cachesOnOneStore();
  const { shared, meddling } = meddledStore(store);
  const cache = node("a", { store: shared });
  meddling.before = () => Promise.reject(new Error("unreachable"));
  let runs = 0;
  const run = async () => {
    await settled();
    return ++runs;
  };
  const all = await Promise.all(Array.from({ length: 5 }, () => cache.getOrRun(key, run)));
  expect(all).toEqual([1, 1, 1, 1, 1]);
});

test.each([["the node itself"], ["another node"]])(
  "a result that is stored while %s invalidates it is given by nobody",
  async (who) => {
    const { node, store, clock } = cachesOnOneStore();
    const { shared, meddling } = meddledStore(store);
    const [a, b] = [node("a"), node("b", { store: shared })];
    // After b has looked at the log for the last time, and before its result is in the store.
    meddling.before = async (operation, at) => {
      if (operation !== "put" || at !== key) return;
      await (who === "another node" ? a : b).invalidate({ tag: "t" });
    };
    expect(await b.getOrRun(key, async () => "old", { tags: ["t"] })).toBe("old");
    expect(await store.get(key)).toBeDefined();
    await clock.advance(1);
    for (const cache of [b, a, node("c")]) expect(await cache.find(key)).toBeUndefined();
    expect(await store.get(key)).toBeUndefined();
  },
);

test("a notice that comes while the log is being read makes it be read again", async () => {
  const { node, store, clock } = cachesOnOneStore();
  const late = { armed: false };
  const slow: ResultStore = {
    ...store,
    get: async (at) => {
      const got = await store.get(at);
      if (at === key) {
        await clock.advance(trustMs + 1);
        late.armed = true;
      } else if (late.armed) {
        late.armed = false;
        await a.invalidate({ key });
        await clock.advance(1);
      }
      return got;
    },
  };
  const [a, b] = [node("a"), node("b", { store: slow, storeLimitMs: 2 * trustMs })];
  await a.keep(key, "v");
  // Begun before the notice came: it may still be given.
  await b.find(key);
  expect(await b.find(key)).toBeUndefined();
});

test("a copy of the log is as old as the moment its reading began", async () => {
  const { node, store, clock, network } = cachesOnOneStore();
  const slow = { armed: false };
  const shared: ResultStore = {
    ...store,
    get: async (at) => {
      const got = await store.get(at);
      if (slow.armed) {
        slow.armed = false;
        await a.invalidate({ key });
        await clock.advance(1900);
      }
      return got;
    },
  };
  const [a, b] = [node("a"), node("b", { store: shared })];
  await a.keep(key, "v");
  await b.find(key);
  network.isolate("b");
  await clock.advance(trustMs + 1);
  slow.armed = true;
  expect(await b.find(key)).toMatchObject({ from: "memory" });
  await clock.advance(trustMs - 1000);
  expect(await b.find(key)).toBeUndefined();
});

test("a result that is invalidated on its way from the store is not given", async () => {
  const { node, store, clock } = cachesOnOneStore();
  const shared: ResultStore = {
    ...store,
    get: async (at) => {
      const got = await store.get(at);
      if (at === key) {
        await a.invalidate({ key });
        await clock.advance(1);
      }
      return got;
    },
  };
  const [a, b] = [node("a"), node("b", { store: shared })];
  await a.keep(key, "v");
  expect(await b.find(key)).toBeUndefined();
});

test("a node that missed more than the log remembers forgets its memory, and finds the rest again", async () => {
  const { node, clock, network } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  await a.keep(key, "v", { tags: ["first"] });
  await a.keep(keyOf("other"), "v");
  await b.warm({ keys: [key, keyOf("other")] });
  network.isolate("b");
  await a.invalidate({ tag: "first" });
  for (let i = 0; i < rememberedInvalidations; i += 1) await a.invalidate({ tag: String(i) });
  await clock.advance(trustMs + 1);
  expect(await b.find(key)).toBeUndefined();
  expect(await b.find(keyOf("other"))).toMatchObject({ from: "shared" });
});

test("a store that lost the log, or has a damaged one, makes every node forget its memory", async () => {
  const { node, clock, network, store } = cachesOnOneStore();
  const [a, b] = [node("a"), node("b")];
  for (const lose of [
    () => store.delete("invalidations"),
    () => store.put("invalidations", new Uint8Array(3), { tags: [] }),
  ]) {
    await a.keep(key, "v");
    await b.find(key);
    network.isolate("b");
    await a.invalidate({ key });
    await lose();
    await clock.advance(trustMs + 1);
    expect(await b.find(key)).toBeUndefined();
    network.heal();
  }
});

test("invalidations of many nodes at once are all heard by one that gets no notice", async () => {
  const { node, clock } = cachesOnOneStore();
  const names = Array.from({ length: 12 }, (_, i) => `n${i}`);
  const nodes = names.map((name) => node(name));
  const deaf = node("deaf", { notices: undefined });
  for (const name of names) await deaf.keep(keyOf(name), name, { tags: [name] });
  await Promise.all(nodes.map((one, i) => one.invalidate({ tag: names[i] ?? "" })));
  await clock.advance(trustMs + 1);
  for (const name of names) expect(await deaf.find(keyOf(name))).toBeUndefined();
});
