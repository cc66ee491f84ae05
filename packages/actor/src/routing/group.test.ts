import { InMemoryNetwork, seededRandom, settled, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type ActorSystem,
  createActorSystem,
  defineActor,
  defineProtocol,
  type Gathered,
  type Group,
  groupOf,
  message,
  NoAnswerError,
  NoMembersError,
  query,
  type SystemEvent,
  silentLog,
} from "../index.ts";

const voterProtocol = defineProtocol("voter", {
  hear: message(z.object({ what: z.string() })),
  vote: query(z.object({ on: z.string() }), z.number()),
});

let clock: VirtualClock;
let network: InMemoryNetwork;
let events: SystemEvent[];
let heard: string[];
let answered: string[];
const within = { withinMs: 1000 };
const on = { on: "tea" };

/** Votes after a delay, or fails instead. */
const voter = (vote: number, afterMs: number, failing = false) =>
  defineActor(voterProtocol, (context) => ({
    hear: ({ what }) => void heard.push(`${context.self.address} ${what}`),
    vote: () =>
      new Promise<number>((resolve, reject) => {
        context.clock.schedule(afterMs, () => {
          answered.push(context.self.address);
          if (failing) reject(new Error("no opinion"));
          else resolve(vote);
        });
      }),
  }));

function node(name: string): ActorSystem {
  const random = seededRandom(name.length);
  const transport = network.connect(name);
  const system = createActorSystem({
    node: name,
    ports: { transport, clock, random, log: silentLog },
  });
  system.observe((event) => events.push(event));
  return system;
}

const capabilities = ["vote"];
const voters = (system: ActorSystem) => groupOf(system, voterProtocol, { capability: "vote" });

beforeEach(() => {
  clock = new VirtualClock();
  network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  events = [];
  heard = [];
  answered = [];
});

test("a broadcast reaches every member wherever it lives, once", async () => {
  const a = node("a");
  const b = node("b");
  a.spawn(voter(1, 0), { name: "one", capabilities });
  b.spawn(voter(2, 0), { name: "two", capabilities: ["vote", "sing"] });
  b.spawn(voter(3, 0), { name: "other", capabilities: ["sing"] });
  await clock.advance(10);
  voters(a).broadcast("hear", { what: "news" });
  await clock.advance(10);
  expect(heard.sort()).toEqual(["a/one news", "b/two news"]);
  expect(events.filter(({ kind }) => kind === "dead-letter")).toEqual([]);
});

test("gathering waits for all, side by side, and tells answers and failures apart", async () => {
  const a = node("a");
  const b = node("b");
  a.spawn(voter(1, 300), { name: "one", capabilities });
  b.spawn(voter(2, 900), { name: "two", capabilities });
  a.spawn(voter(3, 100, true), { name: "failing", capabilities });
  a.spawn(voter(4, 9000), { name: "slow", capabilities });
  await clock.advance(10);
  let gathered: Gathered<number> | undefined;
  void voters(a)
    .gather("vote", on, within)
    .then((result) => {
      gathered = result;
    });
  await clock.advance(950);
  expect(gathered).toBeUndefined();
  await clock.advance(70);
  expect(gathered).toMatchObject({
    answers: [
      { address: "a/one", value: 1 },
      { address: "b/two", value: 2 },
    ],
    failures: [
      { address: "a/failing", error: { stage: "handler" } },
      { address: "a/slow", error: { stage: "reply" } },
    ],
  });
});

test("gathering resolves even when nobody answers", async () => {
  const a = node("a");
  const group = groupOf(a, voterProtocol, { members: [{ address: "a/gone" }] });
  expect(await group.gather("vote", on, within)).toMatchObject({
    answers: [],
    failures: [{ address: "a/gone", error: { stage: "unreachable" } }],
  });
});

test("the first answer wins over slower ones and over failures, and the others still do their work", async () => {
  const a = node("a");
  const b = node("b");
  a.spawn(voter(1, 10, true), { name: "failing", capabilities });
  a.spawn(voter(2, 500), { name: "slow", capabilities });
  b.spawn(voter(3, 100), { name: "fast", capabilities });
  await clock.advance(10);
  let first: unknown;
  void voters(a)
    .first("vote", on, within)
    .then((result) => {
      first = result;
    });
  await clock.advance(200);
  expect(first).toEqual({ address: "b/fast", value: 3 });
  await clock.advance(1000);
  expect(answered).toEqual(["a/failing", "b/fast", "a/slow"]);
});

test("when all fail, the error holds every member's reason", async () => {
  const a = node("a");
  a.spawn(voter(1, 10, true), { name: "failing", capabilities });
  a.spawn(voter(2, 5000), { name: "slow", capabilities });
  const failed = voters(a)
    .first("vote", on, within)
    .catch((error: unknown) => error);
  await clock.advance(1100);
  const error = await failed;
  expect(error).toBeInstanceOf(NoAnswerError);
  expect(error).toMatchObject({
    type: "vote",
    retryable: true,
    failures: [
      { address: "a/failing", error: { stage: "handler" } },
      { address: "a/slow", error: { stage: "reply" } },
    ],
  });
});

test("a group without members refuses asks, and what it is told is a dead letter", async () => {
  const a = node("a");
  await expect(voters(a).gather("vote", on, within)).rejects.toBeInstanceOf(NoMembersError);
  await expect(voters(a).first("vote", on, within)).rejects.toMatchObject({ capability: "vote" });
  voters(a).broadcast("hear", { what: "news" });
  expect(events.filter(({ kind }) => kind === "dead-letter")).toMatchObject([
    { reason: "no-actor", type: "hear", receiver: "a/group:vote" },
  ]);
});

test("members come and go with their actors and nodes", async () => {
  const a = node("a");
  const b = node("b");
  const one = a.spawn(voter(1, 0), { name: "one", capabilities });
  b.spawn(voter(2, 0), { name: "two", capabilities });
  await clock.advance(10);
  const group = voters(a);
  expect(group.members()).toEqual(["a/one", "b/two"]);
  await a.stopActor(one);
  expect(group.members()).toEqual(["b/two"]);
  network.isolate("b");
  await clock.advance(20_000);
  expect(group.members()).toEqual([]);
});

test("named members are asked once each", async () => {
  const a = node("a");
  const one = a.spawn(voter(1, 0), { name: "one" });
  groupOf(a, voterProtocol, { members: [one, one] }).broadcast("hear", { what: "news" });
  await settled();
  expect(heard).toEqual(["a/one news"]);
});

test("a group accepts only what its protocol holds", () => {
  const useOf = (group: Group<typeof voterProtocol.messages>) => {
    expectTypeOf(group.gather("vote", on, within)).toEqualTypeOf<Promise<Gathered<number>>>();
    expectTypeOf(group.first("vote", on, within))
      .resolves.toHaveProperty("value")
      .toBeNumber();
    // @ts-expect-error a query can't be broadcast: its answers would be lost
    group.broadcast("vote", on);
    // @ts-expect-error a message has no answers to gather
    void group.gather("hear", { what: "" }, within);
    // @ts-expect-error the body must match
    group.broadcast("hear", { what: 3 });
  };
  expectTypeOf(useOf).toBeFunction();
});
