import { expect, test } from "vitest";
import { counters, keyOn, TestCluster } from "./cluster.test-data.ts";
import { type AddressedAsk, regionProtocol } from "./region-protocol.ts";

const within = { withinMs: 2000 };

function addressed(key: string, hops: number): AddressedAsk {
  const [id, via] = [`test.${key}.${hops}`, "test"];
  return { id, via, hops, key, type: "add", body: { by: 1 }, withinMs: 1000, chain: [] };
}

test("an idle entity leaves memory, and its next message finds its state", async () => {
  const lives: string[] = [];
  const cluster = new TestCluster();
  await cluster.three(counters({ passivateAfterMs: 5000 }, lives));
  const key = keyOn("b");
  const ref = cluster.from("a", key);
  expect(await cluster.outcome(ref.ask("add", { by: 3 }, within))).toBe(3);
  await cluster.clock.advance(3000);
  expect(cluster.residentsOf("b")).toEqual([key]);
  await cluster.clock.advance(4000);
  expect(cluster.residentsOf("b")).toEqual([]);
  expect(await cluster.outcome(ref.ask("add", { by: 1 }, within))).toBe(4);
  expect(lives).toEqual([`+b/${key}`, `-b/${key}`, `+b/${key}`]);
});

test("a message that comes while an entity leaves memory activates it again", async () => {
  const lives: string[] = [];
  const cluster = new TestCluster({ delayMs: 0 });
  const host = cluster.host("a", counters({ passivateAfterMs: 5000 }, lives));
  const ref = host.ref("x");
  expect(await cluster.outcome(ref.ask("add", { by: 1 }, within))).toBe(1);
  const outcomes: Array<Promise<number | Error>> = [];
  const meanwhile = cluster.systems.get("a")?.observe((event) => {
    if (event.kind !== "stopped" || !event.actor.endsWith("/x") || outcomes.length > 0) return;
    // Its actor is gone, the region has not been told yet.
    outcomes.push(ref.ask("add", { by: 1 }, within), ref.ask("add", { by: 1 }, within));
  });
  await cluster.clock.advance(10_000);
  meanwhile?.();
  expect(await Promise.all(outcomes)).toEqual([2, 3]);
  expect(lives.slice(0, 3)).toEqual(["+a/x", "-a/x", "+a/x"]);
  expect(cluster.deadLetters()).toEqual([]);
});

test("beyond the resident limit the least recently used leave", async () => {
  const cluster = new TestCluster();
  const host = cluster.host("a", counters({ residentLimit: 3 }));
  const add = (key: string) =>
    cluster.outcome(host.ref(key).ask("add", { by: 1 }, within)) as Promise<number>;
  for (const key of ["u", "v", "w", "u", "x"]) await add(key);
  await cluster.clock.advance(10);
  expect(host.residents()).toEqual(["u", "w", "x"]);
  expect(await add("v")).toBe(2);
  await cluster.clock.advance(10);
  expect(host.residents()).toEqual(["u", "v", "x"]);
});

test("a node forwards what belongs elsewhere, and gives up after three forwards", async () => {
  const cluster = new TestCluster();
  await cluster.three();
  const key = keyOn("c");
  const region = cluster.systems.get("a")?.ref(regionProtocol, "b/entities-counter");
  const asked = (hops: number) => region?.ask("ask", addressed(key, hops), within);
  expect(await cluster.outcome(asked(2) as Promise<unknown>)).toEqual({ ok: true, value: 1 });
  expect(cluster.residentsOf("c")).toEqual([key]);
  expect(await cluster.outcome(asked(3) as Promise<unknown>)).toMatchObject({
    ok: false,
    stage: "unreachable",
    reason: "forwarded",
  });
  region?.tell("tell", addressed(key, 3));
  await cluster.clock.advance(10);
  region?.tell("tell", { ...addressed(key, 3), id: "another" });
  await cluster.clock.advance(10);
  expect(cluster.deadLetters()).toEqual([`no-actor add entity:counter/${key}`]);
});

test("when a host joins, entities move to it in batches, and only the next message activates them", async () => {
  const lives: string[] = [];
  const cluster = new TestCluster();
  const definition = counters({}, lives);
  for (const node of ["a", "b"]) cluster.host(node, definition, { relocationBatch: 10 });
  await cluster.clock.advance(100);
  const hosts = ["a", "b", "c"];
  const moving = Array.from({ length: 25 }, (_, at) => keyOn("c", hosts, "a", at * 40));
  const keys = [...new Set(moving)];
  for (const key of keys) {
    await cluster.outcome(cluster.from("a", key).ask("add", { by: 1 }, within));
  }
  expect(cluster.residentsOf("a")).toHaveLength(keys.length);
  cluster.host("c", definition);
  await cluster.clock.advance(1000);
  expect(cluster.residentsOf("a")).toHaveLength(keys.length - 10);
  await cluster.clock.advance(1000);
  expect(cluster.residentsOf("a")).toHaveLength(keys.length - 20);
  await cluster.clock.advance(2000);
  expect(cluster.residentsOf("a")).toEqual([]);
  expect(cluster.residentsOf("c")).toEqual([]);
  const [first = ""] = keys;
  expect(await cluster.outcome(cluster.from("b", first).ask("add", { by: 1 }, within))).toBe(2);
  expect(cluster.residentsOf("c")).toEqual([first]);
});

test("a node that stops finishes the message at work, and hands on all others", async () => {
  const gate = Promise.withResolvers<void>();
  let slow = false;
  const cluster = new TestCluster({
    journalOf: (node, journal) => ({
      append: async (subject, payload, options) => {
        if (slow && node === "b") await gate.promise;
        return await journal.append(subject, payload, options);
      },
      read: (filter, options) => journal.read(filter, options),
      last: (subject) => journal.last(subject),
      purge: (subject, options) => journal.purge(subject, options),
    }),
  });
  await cluster.three();
  const key = keyOn("b");
  const ref = cluster.from("a", key);
  expect(await cluster.outcome(ref.ask("add", { by: 1 }, within))).toBe(1);
  slow = true;
  const asks = [1, 2, 3].map(() => cluster.outcome(ref.ask("add", { by: 1 }, within)));
  await cluster.clock.advance(5);
  const begun = cluster.clock.monotonic();
  const stopped = cluster.outcome(cluster.systems.get("b")?.stop() as Promise<void>);
  await cluster.clock.advance(100);
  gate.resolve();
  await stopped;
  expect(cluster.clock.monotonic() - begun).toBeLessThan(1000);
  expect(await Promise.all(asks)).toEqual([2, 3, 4]);
  expect(cluster.deadLetters()).toEqual([]);
});

test("a drain ends after its time, whatever an entity is doing", async () => {
  const cluster = new TestCluster({
    journalOf: (node, journal) => ({
      append: (subject, payload, options) =>
        node === "b" && options?.expected !== 0
          ? new Promise(() => {})
          : journal.append(subject, payload, options),
      read: (filter, options) => journal.read(filter, options),
      last: (subject) => journal.last(subject),
      purge: (subject, options) => journal.purge(subject, options),
    }),
  });
  await cluster.three(counters(), { drainMs: 3000 });
  const key = keyOn("b");
  const stuck = cluster.outcome(cluster.from("a", key).ask("add", { by: 1 }, { withinMs: 60_000 }));
  cluster.from("a", key).tell("note", { by: 1 });
  await cluster.clock.advance(10);
  const begun = cluster.clock.monotonic();
  await cluster.outcome(cluster.systems.get("b")?.stop() as Promise<void>);
  expect(cluster.clock.monotonic() - begun).toBeLessThan(3100);
  expect(await stuck).toMatchObject({ stage: "reply" });
  expect(cluster.deadLetters()).toEqual([`no-actor note entity:counter/${key}`]);
});

test("what reaches a drained host is forwarded to the new owner", async () => {
  const cluster = new TestCluster();
  await cluster.three();
  const key = keyOn("b");
  await cluster.outcome(cluster.from("a", key).ask("add", { by: 1 }, within));
  await cluster.outcome(cluster.hosts.get("b")?.drain() as Promise<void>);
  expect(cluster.residentsOf("b")).toEqual([]);
  const region = cluster.systems.get("a")?.ref(regionProtocol, "b/entities-counter");
  const late = region?.ask("ask", addressed(key, 0), within) as Promise<unknown>;
  expect(await cluster.outcome(late)).toEqual({ ok: true, value: 2 });
});

test("an entity leaves the host that took it while its own was away for a moment", async () => {
  const cluster = new TestCluster();
  await cluster.three();
  const key = keyOn("b", ["a", "b", "c"], "a");
  await cluster.clock.advance(1500);
  await cluster.outcome(cluster.systems.get("b")?.stop() ?? Promise.resolve());
  const taken = cluster.from("c", key).ask("add", { by: 1 }, { withinMs: 1000 });
  expect(await cluster.outcome(taken)).toBe(1);
  expect(cluster.residentsOf("a")).toEqual([key]);
  cluster.host("b");
  await cluster.clock.advance(2000);
  expect(cluster.residentsOf("a")).toEqual([]);
});
