import { expect, test } from "vitest";
import { z } from "zod";
import {
  defineEntity,
  defineProtocol,
  hostEntities,
  InvalidNameError,
  type Journal,
  message,
  query,
  type VolatileEntityDefinition,
} from "../index.ts";
import { counters, keyOn, TestCluster } from "./cluster.test-data.ts";

const within = { withinMs: 2000 };

test("an entity is activated by its first message, once, on the node that hashing gives", async () => {
  const lives: string[] = [];
  const cluster = new TestCluster();
  await cluster.three(counters({}, lives));
  cluster.system("d");
  await cluster.clock.advance(100);
  const key = keyOn("b");
  const asks = ["a", "b", "c", "d", "a"].map((node) =>
    cluster.outcome(cluster.from(node, key).ask("add", { by: 1 }, within)),
  );
  expect((await Promise.all(asks)).toSorted()).toEqual([1, 2, 3, 4, 5]);
  expect(lives).toEqual([`+b/${key}`]);
  expect(cluster.residentsOf("b")).toEqual([key]);
});

test("messages of one sender wait in order while the journal is read", async () => {
  const gate = Promise.withResolvers<void>();
  const cluster = new TestCluster({
    journalOf: (_, journal) => slow(journal, gate.promise),
  });
  await cluster.three();
  const ref = cluster.from("a", keyOn("b"));
  for (const by of [1, 2, 3]) ref.tell("note", { by });
  const total = ref.ask("total", {}, within);
  await cluster.clock.advance(500);
  gate.resolve();
  expect(await cluster.outcome(total)).toBe(6);
  expect(await cluster.stored(keyOn("b"))).toEqual([1, 2, 3]);
});

test("more messages than may wait are refused, and what was told becomes a dead letter", async () => {
  const cluster = new TestCluster({
    journalOf: (_, journal) => slow(journal, new Promise(() => {})),
  });
  await cluster.three(counters(), { waitingLimit: 2 });
  const key = keyOn("a");
  const ref = cluster.from("a", key);
  for (const by of [1, 2, 3]) ref.tell("note", { by });
  expect(await cluster.outcome(ref.ask("total", {}, within))).toMatchObject({
    stage: "mailbox",
    retryable: true,
    cause: { reason: "full" },
  });
  expect(cluster.deadLetters()).toEqual([`mailbox-full note entity:counter/${key}`]);
});

test("an activation whose journal does not answer is given up, and what waited is refused", async () => {
  const cluster = new TestCluster({
    journalOf: (_, journal) => slow(journal, new Promise(() => {})),
  });
  await cluster.three(counters(), { activateMs: 1000 });
  const key = keyOn("a");
  const ref = cluster.from("a", key);
  ref.tell("note", { by: 1 });
  expect(await cluster.outcome(ref.ask("total", {}, within))).toMatchObject({
    stage: "unreachable",
    cause: { reason: "activation" },
  });
  expect(cluster.deadLetters()).toEqual([`no-actor note entity:counter/${key}`]);
  expect(cluster.residentsOf("a")).toEqual([]);
});

test("without a host an ask fails at once, and what is told becomes a dead letter", async () => {
  const cluster = new TestCluster();
  cluster.system("d");
  const ref = cluster.from("d", "x");
  ref.tell("note", { by: 1 });
  await expect(ref.ask("total", {}, within)).rejects.toMatchObject({
    stage: "unreachable",
    cause: { reason: "no-host" },
  });
  await cluster.clock.advance(1);
  expect(cluster.deadLetters()).toEqual(["no-actor note d/entity:counter/x"]);
});

test("a handler that throws ends the activation; the next message finds the state that was written", async () => {
  const lives: string[] = [];
  const cluster = new TestCluster();
  await cluster.three(counters({}, lives));
  const key = keyOn("b");
  const ref = cluster.from("a", key);
  expect(await cluster.outcome(ref.ask("add", { by: 5 }, within))).toBe(5);
  const crash = cluster.outcome(ref.ask("crash", {}, within));
  const after = cluster.outcome(ref.ask("add", { by: 1 }, within));
  expect(await crash).toMatchObject({ stage: "handler" });
  expect(await after).toBe(6);
  expect(lives).toEqual([`+b/${key}`, `-b/${key}`, `+b/${key}`]);
  expect(cluster.systems.get("b")?.quarantine.list()).toMatchObject([{ type: "crash" }]);
});

test("a message that breaks the protocol is refused and does not end the activation", async () => {
  const cluster = new TestCluster();
  await cluster.three();
  const ref = cluster.from("a", keyOn("b"));
  const bad = ref.ask("add", { by: "seven" } as never, within);
  expect(await cluster.outcome(bad)).toMatchObject({ stage: "handler", retryable: false });
  ref.tell("note", {} as never);
  await cluster.clock.advance(10);
  expect(cluster.deadLetters()).toEqual([`malformed note entity:counter/${keyOn("b")}`]);
});

test("copies that the network makes of a message are not handled again", async () => {
  const cluster = new TestCluster({ links: { delays: () => [1, 3] } });
  await cluster.three();
  const key = keyOn("b");
  const ref = cluster.from("a", key);
  ref.tell("note", { by: 1 });
  expect(await cluster.outcome(ref.ask("add", { by: 10 }, within))).toBe(11);
  await cluster.clock.advance(100);
  expect(await cluster.stored(key)).toEqual([1, 10]);
});

test("an ask that the network loses ends with its stage, and was not run", async () => {
  let loses = false;
  const cluster = new TestCluster({
    links: { delays: (from, to) => (loses && from === "a" && to === "b" ? [] : [1]) },
  });
  await cluster.three();
  const key = keyOn("b");
  loses = true;
  const lost = cluster.from("a", key).ask("add", { by: 1 }, within);
  expect(await cluster.outcome(lost)).toMatchObject({ stage: "mailbox", retryable: true });
  cluster.network.isolate("b");
  const nobody = cluster.from("a", key).ask("add", { by: 1 }, within);
  expect(await cluster.outcome(nobody)).toMatchObject({ stage: "unreachable", retryable: true });
  expect(await cluster.stored(key)).toEqual([]);
});

test("an ask whose time is over before its turn is not run any more", async () => {
  const cluster = new TestCluster();
  await cluster.three();
  const key = keyOn("b");
  const ref = cluster.from("a", key);
  const twice = cluster.outcome(ref.ask("twice", { by: 1 }, within));
  const late = await cluster.outcome(ref.ask("add", { by: 10 }, { withinMs: 500 }));
  expect(late).toMatchObject({ stage: "reply", retryable: true });
  expect(await twice).toBe(2);
  await cluster.clock.advance(100);
  expect(await cluster.stored(key)).toEqual([1, 1]);
});

test("entities that would wait for each other fail at once with the circle", async () => {
  const protocol = defineProtocol("chained", {
    ask: query(z.object({ path: z.array(z.string()) }), z.string()),
  });
  type Messages = (typeof protocol)["messages"];
  const chained: VolatileEntityDefinition<Messages> = defineEntity(protocol, {
    kind: "chained",
    setup: (key, context) => ({
      ask: async ({ path: [next, ...path] }) => {
        if (next === undefined) return key;
        return await context.entities(chained).ref(next).ask("ask", { path }, within);
      },
    }),
  });
  const cluster = new TestCluster();
  const host = hostEntities(cluster.system("a"), chained);
  for (const node of ["b", "c"]) hostEntities(cluster.system(node), chained);
  await cluster.clock.advance(100);
  expect(await cluster.outcome(host.ref("x").ask("ask", { path: ["y", "z"] }, within))).toBe("z");
  const begun = cluster.clock.monotonic();
  const circle = host.ref("x").ask("ask", { path: ["y", "z", "x"] }, within);
  expect(await cluster.outcome(circle)).toMatchObject({
    stage: "handler",
    message: expect.stringContaining("chained/x -> chained/y -> chained/z -> chained/x"),
  });
  expect(cluster.clock.monotonic() - begun).toBeLessThan(100);
});

test("a node hosts a kind once, and names that can't be part of a subject are refused", () => {
  const cluster = new TestCluster();
  const host = cluster.host("a");
  const { journal } = cluster;
  const system = cluster.systems.get("a");
  if (system === undefined) throw new Error("no system");
  expect(() => hostEntities(system, counters(), { journal })).toThrow(InvalidNameError);
  expect(() => host.ref("a.b")).toThrow(InvalidNameError);
  expect(() => counters({ kind: "a b" })).toThrow(InvalidNameError);
});

test("timers of an entity are its own messages, and it can leave memory by itself", async () => {
  const protocol = defineProtocol("alarm", { ring: message(z.object({ times: z.number() })) });
  const rung: number[] = [];
  const alarm = defineEntity(protocol, {
    kind: "alarm",
    setup: (_, context) => ({
      ring: ({ times }) => {
        rung.push(times);
        if (times > 0) context.timers.once("again", 100, "ring", { times: times - 1 });
        else context.passivate();
      },
    }),
  });
  const cluster = new TestCluster();
  const host = hostEntities(cluster.system("a"), alarm);
  host.ref("x").tell("ring", { times: 2 });
  await cluster.clock.advance(150);
  expect(host.residents()).toEqual(["x"]);
  await cluster.clock.advance(100);
  expect(rung).toEqual([2, 1, 0]);
  expect(host.residents()).toEqual([]);
});

function slow(journal: Journal, gate: Promise<void>): Journal {
  return {
    append: (subject, payload, options) => journal.append(subject, payload, options),
    read: async (filter, options) => {
      await gate;
      return await journal.read(filter, options);
    },
    last: (subject) => journal.last(subject),
    purge: (subject, options) => journal.purge(subject, options),
  };
}
