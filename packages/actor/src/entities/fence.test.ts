import { expect, test } from "vitest";
import { z } from "zod";
import { defineEntity, hostEntities, type Journal } from "../index.ts";
import { counterProtocol, counters, keyOn, TestCluster } from "./cluster.test-data.ts";

const within = { withinMs: 2000 };
const key = keyOn("b", ["a", "b", "c"], "a");

/** Three hosts; `mute` ones hear the others, but are not heard. */
async function muted(definition = counters()) {
  const mute = new Set<string>();
  const cluster = new TestCluster({
    links: { delays: (from) => (mute.has(from) ? [] : [1]) },
  });
  await cluster.three(definition);
  return { cluster, mute };
}

test("of two copies that a partition makes only one can write, and the other leaves", async () => {
  const lives: string[] = [];
  const { cluster, mute } = await muted(counters({}, lives));
  const [fromA, fromB] = [cluster.from("a", key), cluster.from("b", key)];
  expect(await cluster.outcome(fromA.ask("add", { by: 1 }, within))).toBe(1);
  mute.add("b");
  await cluster.clock.advance(10_000);
  expect(await cluster.outcome(fromA.ask("add", { by: 10 }, within))).toBe(11);
  expect(lives).toEqual([`+b/${key}`, `+a/${key}`]);
  const refused = await cluster.outcome(fromB.ask("add", { by: 100 }, within));
  expect(refused).toMatchObject({ retryable: true });
  expect(lives).toEqual([`+b/${key}`, `+a/${key}`, `-b/${key}`]);
  expect(cluster.residentsOf("b")).toEqual([]);
  expect(await cluster.stored(key)).toEqual([1, 10]);
  mute.clear();
  await cluster.clock.advance(2000);
  expect(await cluster.outcome(fromB.ask("add", { by: 1000 }, within))).toBe(1011);
  expect(await cluster.stored(key)).toEqual([1, 10, 1000]);
});

test("a copy that is fenced hands its unanswered messages to the present owner, where each runs once", async () => {
  const lives: string[] = [];
  const { cluster, mute } = await muted(counters({}, lives));
  const [fromA, fromB] = [cluster.from("a", key), cluster.from("b", key)];
  expect(await cluster.outcome(fromA.ask("add", { by: 1 }, within))).toBe(1);
  mute.add("b");
  await cluster.clock.advance(10_000);
  expect(await cluster.outcome(fromA.ask("add", { by: 10 }, within))).toBe(11);
  mute.clear();
  const asks = [100, 100, 100].map((by) => cluster.outcome(fromB.ask("add", { by }, within)));
  fromB.tell("note", { by: 1000 });
  expect((await Promise.all(asks)).toSorted()).toEqual([111, 211, 311]);
  await cluster.clock.advance(100);
  expect(await cluster.stored(key)).toEqual([1, 10, 100, 100, 100, 1000]);
  expect(lives).toEqual([`+b/${key}`, `+a/${key}`, `-b/${key}`]);
  expect(cluster.deadLetters()).toEqual([]);
});

test("a message is not handed on when part of what it led to was written", async () => {
  const { cluster, mute } = await muted();
  const [fromA, fromB] = [cluster.from("a", key), cluster.from("b", key)];
  mute.add("b");
  await cluster.clock.advance(10_000);
  const twice = cluster.outcome(fromB.ask("twice", { by: 100 }, within));
  await cluster.clock.advance(500);
  expect(await cluster.outcome(fromA.ask("add", { by: 10 }, within))).toBe(110);
  mute.clear();
  expect(await twice).toMatchObject({ stage: "reply", cause: { reason: "moved" } });
  await cluster.clock.advance(2000);
  expect(await cluster.stored(key)).toEqual([100, 10]);
});

test("a write that another activation has followed up before it was answered is not done again", async () => {
  const mute = new Set<string>();
  const answer = Promise.withResolvers<void>();
  const cluster = new TestCluster({
    links: { delays: (from) => (mute.has(from) ? [] : [1]) },
    journalOf: (node, journal) => ({
      append: async (subject, payload, options) => {
        const appended = await journal.append(subject, payload, options);
        if (node !== "b" || !mute.has("b")) return appended;
        await answer.promise;
        throw new Error("the answer was lost");
      },
      read: (...read) => journal.read(...read),
      last: (...last) => journal.last(...last),
      purge: (...purge) => journal.purge(...purge),
    }),
  });
  await cluster.three();
  const [fromA, fromB] = [cluster.from("a", key), cluster.from("b", key)];
  expect(await cluster.outcome(fromB.ask("add", { by: 1 }, within))).toBe(1);
  mute.add("b");
  await cluster.clock.advance(10_000);
  const unheard = cluster.outcome(fromB.ask("add", { by: 100 }, within));
  await cluster.clock.advance(100);
  expect(await cluster.outcome(fromA.ask("add", { by: 10 }, within))).toBe(111);
  mute.clear();
  answer.resolve();
  expect(await unheard).toMatchObject({ stage: "reply", cause: { reason: "moved" } });
  await cluster.clock.advance(2000);
  expect(await cluster.stored(key)).toEqual([1, 100, 10]);
});

test("a query is answered from memory for staleMs at most", async () => {
  const { cluster, mute } = await muted(counters({ staleMs: 12_000 }));
  const [fromA, fromB] = [cluster.from("a", key), cluster.from("b", key)];
  expect(await cluster.outcome(fromA.ask("add", { by: 1 }, within))).toBe(1);
  mute.add("b");
  await cluster.clock.advance(10_000);
  expect(await cluster.outcome(fromA.ask("add", { by: 10 }, within))).toBe(11);
  expect(await cluster.outcome(fromB.ask("total", {}, within))).toBe(1);
  await cluster.clock.advance(2500);
  expect(await cluster.outcome(fromB.ask("total", {}, within))).toBeInstanceOf(Error);
  mute.clear();
  await cluster.clock.advance(100);
  expect(await cluster.outcome(fromB.ask("total", {}, within))).toBe(11);
});

test("while a host is silent every query is compared with the journal", async () => {
  const cluster = new TestCluster();
  const definition = counters({ staleMs: 600_000 });
  await cluster.three(definition, { minorityMs: 0 });
  cluster.host("d", definition, { minorityMs: 60_000 });
  await cluster.clock.advance(100);
  const hosts = ["a", "b", "c", "d"];
  const onD = keyOn("d", hosts);
  const fromD = cluster.from("d", onD);
  expect(await cluster.outcome(fromD.ask("add", { by: 1 }, within))).toBe(1);
  cluster.network.isolate("c");
  await cluster.clock.advance(10_000);
  const reads = watchReads(cluster);
  expect(await cluster.outcome(fromD.ask("total", {}, within))).toBe(1);
  expect(reads()).toBe(1);
  cluster.network.heal();
  await cluster.clock.advance(2000);
  expect(await cluster.outcome(fromD.ask("total", {}, within))).toBe(1);
  expect(reads()).toBe(1);
});

test("a confirmed read is never stale", async () => {
  const { cluster, mute } = await muted(counters({ read: "confirmed" }));
  const [fromA, fromB] = [cluster.from("a", key), cluster.from("b", key)];
  expect(await cluster.outcome(fromA.ask("add", { by: 1 }, within))).toBe(1);
  mute.add("b");
  await cluster.clock.advance(10_000);
  expect(await cluster.outcome(fromA.ask("add", { by: 10 }, within))).toBe(11);
  mute.clear();
  expect(await cluster.outcome(fromB.ask("total", {}, within))).toBe(11);
});

test("the smaller side of a partition refuses, and the larger goes on", async () => {
  const cluster = new TestCluster();
  await cluster.three();
  const [fromA, fromB] = [cluster.from("a", key), cluster.from("b", key)];
  expect(await cluster.outcome(fromA.ask("add", { by: 1 }, within))).toBe(1);
  cluster.network.isolate("b");
  await cluster.clock.advance(10_000);
  for (const type of ["total", "add"] as const) {
    expect(await cluster.outcome(fromB.ask(type, { by: 100 }, within))).toMatchObject({
      stage: "unreachable",
      retryable: true,
      cause: { reason: "cut-off" },
    });
  }
  fromB.tell("note", { by: 100 });
  expect(await cluster.outcome(fromA.ask("add", { by: 10 }, within))).toBe(11);
  expect(cluster.deadLetters()).toEqual([`no-actor note entity:counter/${key}`]);
  cluster.network.heal();
  await cluster.clock.advance(2000);
  expect(await cluster.outcome(fromB.ask("total", {}, within))).toBe(11);
  expect(await cluster.stored(key)).toEqual([1, 10]);
});

test("what waits when the node finds itself cut off is refused", async () => {
  const cluster = new TestCluster();
  await cluster.three();
  const fromB = cluster.from("b", key);
  cluster.network.isolate("b");
  const lostHosts = () => cluster.systems.get("b")?.cluster.nodes().length === 1;
  let waiting: Promise<unknown> = Promise.resolve();
  const patient = { withinMs: 5000 };
  while (!lostHosts()) {
    const twice = cluster.outcome(fromB.ask("twice", { by: 1 }, patient));
    waiting = cluster.outcome(fromB.ask("total", {}, patient));
    await cluster.clock.advance(700);
    if (!lostHosts()) await Promise.all([twice, waiting]);
  }
  expect(await waiting).toMatchObject({ stage: "unreachable", cause: { reason: "cut-off" } });
});

test("a node that is left alone takes the others for dead after minorityMs", async () => {
  const cluster = new TestCluster();
  await cluster.three(counters(), { minorityMs: 30_000 });
  cluster.network.isolate("b");
  await cluster.clock.advance(20_000);
  const ask = () => cluster.outcome(cluster.from("b", key).ask("add", { by: 1 }, within));
  expect(await ask()).toMatchObject({ cause: { reason: "cut-off" } });
  await cluster.clock.advance(20_000);
  expect(await ask()).toBe(1);
});

test("while the journal can't be written asks fail, and what was stored is known afterwards", async () => {
  let broken = false;
  const fails = async (): Promise<never> => {
    throw new Error("no quorum");
  };
  const journalOf = (_: string, journal: Journal): Journal => ({
    append: (...append) => (broken ? fails() : journal.append(...append)),
    read: (...read) => (broken ? fails() : journal.read(...read)),
    last: (...last) => (broken ? fails() : journal.last(...last)),
    purge: (...purge) => journal.purge(...purge),
  });
  const cluster = new TestCluster({ journalOf });
  await cluster.three();
  const ref = cluster.from("a", key);
  expect(await cluster.outcome(ref.ask("add", { by: 1 }, within))).toBe(1);
  broken = true;
  await cluster.clock.advance(6000);
  expect(await cluster.outcome(ref.ask("total", {}, within))).toMatchObject({
    stage: "unreachable",
    cause: { reason: "journal" },
  });
  expect(await cluster.outcome(ref.ask("add", { by: 10 }, within))).toMatchObject({
    stage: "reply",
    cause: { reason: "journal" },
  });
  expect(await cluster.outcome(ref.ask("total", {}, within))).toMatchObject({
    stage: "unreachable",
    cause: { reason: "activation" },
  });
  broken = false;
  expect(await cluster.outcome(ref.ask("total", {}, within))).toBe(1);
});

test("an append whose answer was lost counts once", async () => {
  let loses = false;
  const journalOf = (_: string, journal: Journal): Journal => ({
    append: async (...append) => {
      const stored = await journal.append(...append);
      if (loses) throw new Error("no answer");
      return stored;
    },
    read: (...read) => journal.read(...read),
    last: (...last) => journal.last(...last),
    purge: (...purge) => journal.purge(...purge),
  });
  const cluster = new TestCluster({ journalOf });
  await cluster.three(counters({ read: "confirmed" }));
  const ref = cluster.from("a", key);
  loses = true;
  expect(await cluster.outcome(ref.ask("add", { by: 1 }, within))).toBe(1);
  expect(await cluster.outcome(ref.ask("total", {}, within))).toBe(1);
  expect(await cluster.outcome(ref.ask("add", { by: 1 }, within))).toBe(2);
  expect(await cluster.stored(key)).toEqual([1, 1]);
});

test("an entity with snapshots finds its state again", async () => {
  const cluster = new TestCluster();
  const { journal } = cluster;
  const snapshots = defineEntity(counterProtocol, {
    kind: "counter",
    passivateAfterMs: 2000,
    journal: {
      version: 1,
      record: z.object({ by: z.number() }),
      initial: 0,
      apply: (sum, { by }) => sum + by,
      snapshot: { version: 1, schema: z.number(), every: 3, retain: "uncovered" },
    },
    setup: (_, __, state) => ({
      add: ({ by }) => state.append({ by }),
      twice: () => 0,
      total: () => state.state,
      note: () => {},
      crash: () => null,
    }),
  });
  const ref = hostEntities(cluster.system("a"), snapshots, { journal }).ref("x");
  for (let sum = 1; sum <= 10; sum += 1) {
    expect(await cluster.outcome(ref.ask("add", { by: 1 }, within))).toBe(sum);
    if (sum % 4 === 0) await cluster.clock.advance(5000);
  }
  await cluster.clock.advance(5000);
  expect(await cluster.outcome(ref.ask("total", {}, within))).toBe(10);
});

/** Counts look-ups of newest records from now on. */
function watchReads({ journal }: TestCluster): () => number {
  let count = 0;
  const last = journal.last.bind(journal);
  journal.last = (subject) => {
    count += 1;
    return last(subject);
  };
  return () => count;
}
