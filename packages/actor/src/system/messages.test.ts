import { settled, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { type Actor, defineActor, defineProtocol, message, query } from "../index.ts";
import { counter, counterProtocol, within } from "./counter.test-data.ts";

let cluster: VirtualCluster;

beforeEach(() => {
  cluster = new VirtualCluster();
});

test("messages are handled one at a time, in the order they were sent", async () => {
  const ref = cluster.system("a").spawn(counter, { name: "counter" });
  for (let by = 1; by <= 100; by += 1) ref.tell("increment", { by });
  expect(await ref.ask("total", {}, within)).toBe(5050);
});

test("an actor on another node is reached by its address", async () => {
  cluster.system("a").spawn(counter, { name: "counter" });
  const ref = cluster.system("b").ref(counterProtocol, "a/counter");
  ref.tell("increment", { by: 7 });
  expect(await ref.ask("total", {}, within)).toBe(7);
});

test("an ask says at which stage it died", async () => {
  const a = cluster.system("a");
  const b = cluster.system("b");
  await expect(b.ref(counterProtocol, "nobody/x").ask("total", {}, within)).rejects.toMatchObject({
    stage: "unreachable",
  });
  await expect(b.ref(counterProtocol, "a/nobody").ask("total", {}, within)).rejects.toMatchObject({
    stage: "unreachable",
  });
  const failing = defineActor(counterProtocol, () => ({
    increment: () => {},
    crash: () => {},
    total: () => {
      throw new Error("out of order");
    },
  }));
  a.spawn(failing, { name: "failing", restart: "temporary" });
  await expect(b.ref(counterProtocol, "a/failing").ask("total", {}, within)).rejects.toMatchObject({
    stage: "handler",
    message: expect.stringContaining("out of order"),
  });
  const slow = defineActor(counterProtocol, () => ({
    increment: () => {},
    crash: () => {},
    total: () => new Promise<number>(() => {}),
  }));
  const slowRef = a.spawn(slow, { name: "slow" });
  const taken = expect(slowRef.ask("total", {}, within)).rejects.toMatchObject({ stage: "reply" });
  const waiting = expect(slowRef.ask("total", {}, within)).rejects.toMatchObject({
    stage: "mailbox",
  });
  await cluster.clock.advance(1100);
  await Promise.all([taken, waiting]);
});

test("actors that would wait for each other are told so at once", async () => {
  const peer = defineProtocol("peer", { go: query(z.object({ to: z.string() }), z.string()) });
  const asker: Actor<typeof peer.messages> = defineActor(peer, (context) => ({
    go: ({ to }) => context.ref(peer, to).ask("go", { to: context.self.address }, within),
  }));
  const a = cluster.system("a");
  const b = cluster.system("b");
  const first = a.spawn(asker, { name: "first" });
  b.spawn(asker, { name: "second" });
  await expect(first.ask("go", { to: "b/second" }, within)).rejects.toThrow(
    "a/first -> b/second -> a/first",
  );
});

test("a full mailbox refuses what is new, or gives up what is oldest, and says so", async () => {
  const handled: number[] = [];
  const make = (overflow: "reject-new" | "drop-oldest") =>
    defineActor(
      counterProtocol,
      () => ({
        increment: ({ by }) => {
          handled.push(by);
        },
        total: () => 0,
        crash: () => {},
      }),
      { mailbox: { capacity: 2, overflow } },
    );
  const system = cluster.system("a");
  const fill = (name: string, overflow: "reject-new" | "drop-oldest") => {
    const ref = system.spawn(make(overflow), { name });
    for (const by of [1, 2, 3]) ref.tell("increment", { by });
  };
  fill("rejecting", "reject-new");
  await settled();
  fill("dropping", "drop-oldest");
  await settled();
  expect(handled).toEqual([1, 2, 2, 3]);
  const lost = cluster.events.filter((event) => event.kind === "dead-letter");
  expect(lost.map(({ receiver, reason }) => [receiver, reason])).toEqual([
    ["a/rejecting", "mailbox-full"],
    ["a/dropping", "mailbox-full"],
  ]);
});

test("a message from elsewhere that breaks the protocol is a dead letter, and its ask fails", async () => {
  const lax = defineProtocol("counter", {
    increment: message(z.object({ by: z.unknown() })),
    total: query(z.unknown(), z.number()),
  });
  cluster.system("a").spawn(counter, { name: "counter" });
  const ref = cluster.system("b").ref(lax, "a/counter");
  ref.tell("increment", { by: "seven" });
  await expect(ref.ask("total", 7, within)).rejects.toMatchObject({ stage: "handler" });
  expect(cluster.events.filter(({ kind }) => kind === "dead-letter")).toHaveLength(2);
});

test("what is sent can't be changed afterwards by either side", async () => {
  const listProtocol = defineProtocol("list", {
    take: message(z.object({ items: z.array(z.number()) })),
  });
  let received: readonly number[] = [];
  const taker = defineActor(listProtocol, () => ({
    take: ({ items }) => {
      received = items;
    },
  }));
  const ref = cluster.system("a").spawn(taker, { name: "taker" });
  const sent = { items: [1, 2] };
  ref.tell("take", sent);
  await settled();
  expect(() => sent.items.push(3)).toThrow(TypeError);
  expect(received).toEqual([1, 2]);
});

test("an exchange among actors that never ends leaves the process its turns", async () => {
  const pingProtocol = defineProtocol("ping", { ping: message(z.object({})) });
  const pinger = defineActor(pingProtocol, (context) => ({
    ping: () => context.self.tell("ping", {}),
  }));
  const system = cluster.system("a");
  const ref = system.spawn(pinger, { name: "pinger" });
  ref.tell("ping", {});
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  await system.stopActor(ref);
});
