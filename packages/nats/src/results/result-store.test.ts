import { silentLog, systemClock, systemRandom } from "@troupe/actor";
import {
  inMemoryResultStore,
  ResultCache,
  type ResultCacheOptions,
  type ResultStore,
  resultKey,
} from "@troupe/orchestration";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { connect } from "../connection/connect.ts";
import type { Connection } from "../connection/connection.ts";
import { InvalidOptionError, StreamMissingError } from "../errors.ts";
import { arrivals, canStartServer, startTestServer, type TestServer } from "../testing.ts";
import { natsTransport } from "../transport/nats-transport.ts";
import { natsResultStore } from "./nats-result-store.ts";

const mib = 1024 * 1024;
const bytes = (text: string): Uint8Array => new TextEncoder().encode(text);
/** Every byte tells its place, so that mixed parts show. */
const large = (length: number, salt: number): Uint8Array =>
  Uint8Array.from({ length }, (_, i) => (i >> 16) + i * 7 + salt);
const noTags = { tags: [] };

/** What every store of results does. */
function contract(open: () => ResultStore): void {
  let store: ResultStore;
  beforeAll(() => {
    store = open();
  });

  test("gives back what was put, byte for byte, and nothing for what was not", async () => {
    const all = Uint8Array.from({ length: 256 }, (_, i) => i);
    expect(await store.put("exact", all, noTags)).toBe(true);
    expect((await store.get("exact"))?.bytes).toEqual(all);
    await store.put("empty", new Uint8Array(), noTags);
    expect((await store.get("empty"))?.bytes).toEqual(new Uint8Array());
    expect(await store.get("never-put")).toBeUndefined();
  });

  test("gives the newest, with another version", async () => {
    await store.put("twice", bytes("1"), noTags);
    const first = await store.get("twice");
    await store.put("twice", bytes("22"), noTags);
    const second = await store.get("twice");
    expect(second?.bytes).toEqual(bytes("22"));
    expect(first?.version).not.toBe(second?.version);
    expect(first?.version).not.toBe(0);
  });

  test("keeps large results whole, also when a smaller or another one replaces them", async () => {
    for (const length of [512 * 1024, 512 * 1024 + 1, 7 * mib + 13, 3 * mib, 10]) {
      const content = large(length, length);
      await store.put("large", content, { tags: ["t"] });
      const got = await store.get("large");
      expect(Buffer.compare(got?.bytes ?? new Uint8Array(), content)).toBe(0);
    }
  });

  test("large puts of one key at the same time do not mix", async () => {
    const contents = [1, 2, 3, 4].map((salt) => large(2 * mib + salt, salt));
    await Promise.all(contents.map((content) => store.put("mixed", content, noTags)));
    const got = (await store.get("mixed"))?.bytes ?? new Uint8Array();
    expect(contents.filter((content) => Buffer.compare(content, got) === 0).length).toBe(1);
  });

  test("replaces a known version only, and of many who try at once one succeeds", async () => {
    expect(await store.put("fenced", bytes("1"), { ...noTags, replacing: 5 })).toBe(false);
    const first = { ...noTags, replacing: 0 };
    const tries = await Promise.all(
      Array.from({ length: 8 }, (_, i) => store.put("fenced", bytes(String(i)), first)),
    );
    expect(tries.filter((stored) => stored).length).toBe(1);
    const version = (await store.get("fenced"))?.version ?? 0;
    expect(await store.put("fenced", bytes("next"), { ...noTags, replacing: version })).toBe(true);
    expect(await store.put("fenced", bytes("late"), { ...noTags, replacing: version })).toBe(false);
    expect((await store.get("fenced"))?.bytes).toEqual(bytes("next"));
    await store.delete("fenced");
    expect(await store.put("fenced", bytes("again"), first)).toBe(true);
  });

  test("a removed result is gone, with its parts and tags, and others are not", async () => {
    await store.put("gone", large(mib, 1), { tags: ["removal"] });
    await store.put("stays", bytes("1"), { tags: ["removal"] });
    await store.delete("gone");
    await store.delete("gone");
    expect(await store.get("gone")).toBeUndefined();
    expect(await store.list("removal")).toEqual(["stays"]);
    expect(await store.get("stays")).toBeDefined();
  });

  test("lists what was put with a tag, whatever the tag is written with", async () => {
    const tags = ["file: /data/orders 2.csv", "a.b.*.>", "é\n", "x".repeat(256)];
    await store.put("tagged-1", bytes("1"), { tags });
    await store.put("tagged-2", bytes("2"), { tags: [tags[0] ?? "", tags[0] ?? ""] });
    expect((await store.list(tags[0] ?? "")).toSorted()).toEqual(["tagged-1", "tagged-2"]);
    for (const tag of tags.slice(1)) expect(await store.list(tag)).toEqual(["tagged-1"]);
    expect(await store.list("a.b")).toEqual([]);
  });

  test("lists thousands", async () => {
    const keys = Array.from({ length: 2000 }, (_, i) => `many-${i}`);
    for (let from = 0; from < keys.length; from += 200) {
      const some = keys.slice(from, from + 200);
      await Promise.all(some.map((key) => store.put(key, bytes(key), { tags: ["many"] })));
    }
    expect((await store.list("many")).toSorted()).toEqual(keys.toSorted());
  });
}

describe("the result store in memory", () => {
  contract(() => inMemoryResultStore());

  test("drops what was used longest ago when it is full", async () => {
    const store = inMemoryResultStore({ maxBytes: 2500 });
    for (const key of ["1", "2", "3"]) await store.put(key, new Uint8Array(1000), noTags);
    expect(await store.get("1")).toBeUndefined();
    expect(await store.get("3")).toBeDefined();
  });
});

describe.skipIf(!(await canStartServer("results")))("the result store on JetStream", () => {
  let server: TestServer;
  let connection: Connection;
  beforeAll(async () => {
    server = await startTestServer();
    connection = await connect({ url: server.url, name: "results", log: silentLog });
  });
  afterAll(async () => {
    await connection.close();
    await server.stop();
  });
  contract(() => natsResultStore(connection, { prefix: "contract" }));

  test("tells of all entries their sizes and tags without reading them", async () => {
    const store = natsResultStore(connection, { prefix: "told" });
    expect(await store.entries()).toEqual([]);
    const tags = ["a b.*.>", "\u00e9"];
    await store.put("small", bytes("12345"), { tags });
    await store.put("large", large(2 * mib, 1), { tags: ["big"] });
    await store.put("small", bytes("123"), { tags });
    await store.put("bare", bytes(""), noTags);
    await store.put("gone", bytes("x"), { tags });
    await store.delete("gone");
    const told = await store.entries();
    expect(told.map(({ key, bytes }) => ({ key, bytes }))).toEqual([
      { key: "large", bytes: 2 * mib },
      { key: "small", bytes: 3 },
      { key: "bare", bytes: 0 },
    ]);
    expect(told.map((entry) => entry.tags.toSorted())).toEqual([["big"], tags, []]);
    for (const { storedAt } of told) expect(storedAt).toBeGreaterThan(Date.now() - 60_000);
  });

  test("makes its stream when it is first used, bounded, and dropping the oldest", async () => {
    const { streams } = connection.manager;
    const store = natsResultStore(connection, { prefix: "acme.lazy", maxBytes: 4 * mib });
    await expect(streams.info("ACME_LAZY_CACHE")).rejects.toThrow(/not found/);
    await Promise.all([store.get("a"), store.list("t"), store.put("b", bytes("b"), noTags)]);
    const { config } = await streams.info("ACME_LAZY_CACHE");
    expect(config).toMatchObject({
      subjects: ["acme.lazy.cache.>"],
      max_bytes: 4 * mib,
      max_age: 7 * 24 * 3600 * 1e9,
      max_msgs_per_subject: 1,
      discard: "old",
      num_replicas: 1,
    });
    for (let i = 0; i < 10; i += 1) {
      expect(await store.put(`k${i}`, large(mib, i), noTags)).toBe(true);
    }
    expect((await streams.info("ACME_LAZY_CACHE")).state.bytes).toBeLessThanOrEqual(4 * mib);
    expect(await store.get("k0")).toBeUndefined();
    expect(await store.get("k9")).toBeDefined();
  });

  test("a large result with a part lost is absent", async () => {
    const store = natsResultStore(connection, { prefix: "parts" });
    await store.put("k", large(3 * mib, 1), noTags);
    const filter = "parts.cache.k.part.*.2";
    await connection.manager.streams.purge("PARTS_CACHE", { filter });
    expect(await store.get("k")).toBeUndefined();
  });

  test("makes its stream again when somebody removed it", async () => {
    const store = natsResultStore(connection, { prefix: "removed" });
    await store.put("k", bytes("1"), noTags);
    await connection.manager.streams.delete("REMOVED_CACHE");
    await expect(store.get("k")).rejects.toThrow(StreamMissingError);
    expect(await store.get("k")).toBeUndefined();
    expect(await store.put("k", bytes("2"), noTags)).toBe(true);
  });

  test("refuses a key that cannot be part of a subject", async () => {
    const store = natsResultStore(connection, { prefix: "keys" });
    for (const key of ["", "a.b", "*", "a b", "x".repeat(65)]) {
      await expect(store.get(key)).rejects.toThrow(InvalidOptionError);
    }
  });

  test("keeps results when the server is killed, and waits for it to come back", async () => {
    const store = natsResultStore(connection, { prefix: "killed" });
    await store.put("before", large(mib, 1), { tags: ["t"] });
    await server.kill();
    const meanwhile = store.put("meanwhile", bytes("1"), { tags: ["t"] });
    await server.restart();
    expect(await meanwhile).toBe(true);
    expect((await store.get("before"))?.bytes.length).toBe(mib);
    expect((await store.list("t")).toSorted()).toEqual(["before", "meanwhile"]);
  });

  describe("under caches of two nodes", () => {
    const subject = "nodes.cache-notices";
    const key = resultKey({ type: "profile", version: 1, input: { rows: 2 } });
    const node = (on: Connection, options: Partial<ResultCacheOptions> = {}): ResultCache =>
      new ResultCache({
        store: natsResultStore(on, { prefix: "nodes" }),
        clock: systemClock,
        random: systemRandom,
        notices: { transport: natsTransport(on), subject },
        ...options,
      });

    test("what one ran the other finds, until it is invalidated", async () => {
      const second = await connect({ url: server.url, name: "second", log: silentLog });
      const [a, b] = [node(connection), node(second)];
      const heard = arrivals<string>();
      const watch = natsTransport(second).subscribe(subject, () => heard.push("notice"));
      await second.nats.flush();
      const result = { rows: 2, picture: "x".repeat(2 * mib) };
      expect(await a.getOrRun(key, async () => result, { tags: ["orders"] })).toEqual(result);
      const runs: number[] = [];
      const run = async () => {
        runs.push(1);
        return result;
      };
      expect(await b.getOrRun(key, run, { tags: ["orders"] })).toEqual(result);
      expect(await b.find(key)).toMatchObject({ from: "memory" });
      expect(runs).toEqual([]);
      await a.invalidate({ tag: "orders" });
      await heard.next();
      expect(await b.find(key)).toBeUndefined();
      expect(await b.getOrRun(key, run, { tags: ["orders"] })).toEqual(result);
      expect(runs).toEqual([1]);
      expect(await a.find(key)).toMatchObject({ from: "shared" });
      expect([a.counts.failures, b.counts.failures]).toEqual([0, 0]);
      watch.unsubscribe();
      await second.close();
    });

    test("invalidations at the same time are all in the log", async () => {
      const tags = Array.from({ length: 6 }, (_, i) => `tag ${i}`);
      const keys = tags.map((input) => resultKey({ type: "profile", version: 1, input }));
      const deaf = node(connection, { notices: undefined, trustMs: 1 });
      for (const [i, tag] of tags.entries()) await deaf.keep(keys[i] ?? "", tag, { tags: [tag] });
      await Promise.all(tags.map((tag) => node(connection).invalidate({ tag })));
      for (const one of keys) expect(await deaf.find(one)).toBeUndefined();
    });
  });
});
