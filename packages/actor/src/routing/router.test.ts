import { InMemoryNetwork, seededRandom, settled, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type ActorSystem,
  consistentHash,
  createActorSystem,
  defineActor,
  defineProtocol,
  leastBusy,
  message,
  NoMembersError,
  query,
  type RoutingStrategy,
  roundRobin,
  routerTo,
  type SystemEvent,
  silentLog,
} from "../index.ts";

const workerProtocol = defineProtocol("worker", {
  note: message(z.object({ key: z.string() })),
  who: query(z.object({ key: z.string() }), z.string()),
  slow: query(z.object({ ms: z.number() }), z.string()),
});
type Worker = typeof workerProtocol.messages;

let clock: VirtualClock;
let network: InMemoryNetwork;
let events: SystemEvent[];
let noted: Array<readonly [string, string]>;
const within = { withinMs: 1000 };

const worker = defineActor(workerProtocol, (context) => ({
  note: ({ key }) => void noted.push([context.self.address, key]),
  who: () => context.self.address,
  slow: ({ ms }) =>
    new Promise((resolve, reject) => {
      if (ms < 0) reject(new Error("time runs forwards"));
      context.clock.schedule(ms, () => resolve(context.self.address));
    }),
}));

function node(name: string): ActorSystem {
  const system = createActorSystem({
    node: name,
    ports: {
      transport: network.connect(name),
      clock,
      random: seededRandom(name.length),
      log: silentLog,
    },
  });
  system.observe((event) => events.push(event));
  return system;
}

/** Three workers on two nodes; what is sent comes from the first node. */
async function threeWorkers(): Promise<{ readonly a: ActorSystem; readonly b: ActorSystem }> {
  const a = node("a");
  const b = node("b");
  a.spawn(worker, { name: "one", capabilities: ["work"] });
  a.spawn(worker, { name: "two", capabilities: ["work"] });
  b.spawn(worker, { name: "three", capabilities: ["work"] });
  await clock.advance(10);
  return { a, b };
}

const everyone = ["a/one", "a/two", "b/three"];
const toWork = (system: ActorSystem, strategy: RoutingStrategy<Worker>, seed = 3) =>
  routerTo(system, workerProtocol, {
    capability: "work",
    strategy,
    ports: { random: seededRandom(seed), clock },
  });

function times(count: number): number[] {
  return Array.from({ length: count }, (_, at) => at);
}

function tally(addresses: readonly string[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const address of addresses) counts[address] = (counts[address] ?? 0) + 1;
  return counts;
}

beforeEach(() => {
  clock = new VirtualClock();
  network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  events = [];
  noted = [];
});

test("round robin takes the members of the whole cluster in turn, with tells and asks", async () => {
  const { a } = await threeWorkers();
  const router = toWork(a, roundRobin());
  expect(router.members()).toEqual(everyone);
  for (const key of ["1", "2", "3"]) router.tell("note", { key });
  await settled();
  expect(noted.map(([address]) => address).sort()).toEqual(everyone);
  const asked = [];
  for (const at of times(6)) asked.push(await router.ask("who", { key: `${at}` }, within));
  expect(asked.slice(0, 3).sort()).toEqual(everyone);
  expect(asked.slice(3)).toEqual(asked.slice(0, 3));
});

test("round robin passes nobody over when members come and go", async () => {
  const { a } = await threeWorkers();
  const router = toWork(a, roundRobin());
  const next = () => router.ask("who", { key: "" }, within);
  while ((await next()) !== "a/one") {}
  a.spawn(worker, { name: "aaa", capabilities: ["work"] });
  expect([await next(), await next(), await next(), await next()]).toEqual([
    "a/two",
    "b/three",
    "a/aaa",
    "a/one",
  ]);
  await a.stopActor({ address: "a/two" });
  expect([await next(), await next()]).toEqual(["b/three", "a/aaa"]);
});

test("many routers don't all begin with the same member", async () => {
  const { a } = await threeWorkers();
  const firsts = times(30).map((seed) =>
    toWork(a, roundRobin(), seed).ask("who", { key: "" }, within),
  );
  expect(Object.keys(tally(await Promise.all(firsts))).sort()).toEqual(everyone);
});

test.for([
  ["all members", leastBusy(), 1],
  ["two choices", leastBusy({ choices: 2 }), 4],
] as const)("least busy, comparing %s, spreads open asks evenly", async ([, strategy, spread]) => {
  const { a } = await threeWorkers();
  const router = toWork(a, strategy);
  const asks = times(60).map(() => router.ask("slow", { ms: 10 }, { withinMs: 60_000 }));
  await clock.advance(10_000);
  const counts = Object.values(tally(await Promise.all(asks)));
  expect(counts).toHaveLength(3);
  expect(Math.max(...counts) - Math.min(...counts)).toBeLessThan(spread);
});

test("least busy keeps away from a member until it has answered, or failed to", async () => {
  const { a } = await threeWorkers();
  const router = toWork(a, leastBusy());
  const slow = [
    router.ask("slow", { ms: 500 }, within),
    router.ask("slow", { ms: 5000 }, within).catch(() => "late"),
  ];
  await settled();
  const free = await router.ask("who", { key: "" }, within);
  for (const _ of times(20)) {
    router.tell("note", { key: "" });
    expect(await router.ask("who", { key: "" }, within)).toBe(free);
  }
  expect(new Set(noted.map(([address]) => address))).toEqual(new Set([free]));
  await clock.advance(5000);
  await Promise.all(slow);
  const asked = times(30).map(() => router.ask("who", { key: "" }, within));
  expect(Object.values(tally(await Promise.all(asked)))).toEqual([10, 10, 10]);
});

test("among equally busy members chance decides, the same for the same seed", async () => {
  const { a } = await threeWorkers();
  const run = async (seed: number) => {
    const router = toWork(a, leastBusy(), seed);
    const asked: string[] = [];
    for (const _ of times(30)) asked.push(await router.ask("who", { key: "" }, within));
    return asked;
  };
  const first = await run(5);
  expect(await run(5)).toEqual(first);
  expect(await run(6)).not.toEqual(first);
  expect(Object.keys(tally(first)).sort()).toEqual(everyone);
});

test("least busy refuses a number of choices that makes no sense", () => {
  expect(() => leastBusy({ choices: 0 })).toThrow(RangeError);
  expect(() => leastBusy({ choices: 1.5 })).toThrow(RangeError);
});

const byKey = consistentHash<Worker>((type, body) => (type === "slow" ? "slow" : body.key));

test("messages of one key go to one member, from every node, and only a lost member's keys move", async () => {
  const { a, b } = await threeWorkers();
  const keys = times(60).map((at) => `key-${at}`);
  const placed = (system: ActorSystem) =>
    Promise.all(keys.map((key) => toWork(system, byKey).ask("who", { key }, within)));
  const before = await settledWith(placed(a));
  expect(await settledWith(placed(b))).toEqual(before);
  expect(Object.keys(tally(before)).sort()).toEqual(everyone);
  await b.stop();
  await clock.advance(10);
  const after = await placed(a);
  keys.forEach((_, at) => {
    if (before[at] === "b/three") expect(["a/one", "a/two"]).toContain(after[at]);
    else expect(after[at]).toBe(before[at]);
  });
});

/** Lets messages between nodes arrive while the promise is open. */
async function settledWith<R>(promise: Promise<R>): Promise<R> {
  await clock.advance(50);
  return promise;
}

test("with no members an ask says which capability is missing, and a tell is a dead letter", async () => {
  const router = routerTo(node("a"), workerProtocol, {
    capability: "paint",
    strategy: roundRobin(),
  });
  const failed = router.ask("who", { key: "" }, within);
  await expect(failed).rejects.toBeInstanceOf(NoMembersError);
  await expect(failed).rejects.toMatchObject({ capability: "paint", type: "who", retryable: true });
  router.tell("note", { key: "" });
  expect(events.filter(({ kind }) => kind === "dead-letter")).toMatchObject([
    { reason: "no-actor", type: "note", receiver: "a/group:paint" },
  ]);
});

test("an unreachable member is passed over once, only when the query may run twice", async () => {
  const a = node("a");
  const two = a.spawn(worker, { name: "two" });
  const router = routerTo(a, workerProtocol, {
    members: [{ address: "a/gone" }, two],
    strategy:
      () =>
      ([first]) =>
        first as string,
  });
  await expect(router.ask("who", { key: "" }, within)).rejects.toMatchObject({
    stage: "unreachable",
    address: "a/gone",
  });
  const safely = { ...within, retryUnreachable: true };
  expect(await router.ask("who", { key: "" }, safely)).toBe("a/two");
  const deserted = routerTo(a, workerProtocol, {
    members: ["a/gone", "a/left", "a/lost", "a/two"].map((address) => ({ address })),
    strategy:
      () =>
      ([first]) =>
        first as string,
  });
  await expect(deserted.ask("who", { key: "" }, safely)).rejects.toMatchObject({
    address: "a/left",
  });
  const alone = routerTo(a, workerProtocol, {
    members: [{ address: "a/gone" }],
    strategy: roundRobin(),
  });
  await expect(alone.ask("who", { key: "" }, safely)).rejects.toMatchObject({ address: "a/gone" });
});

test("an ask that failed for another reason is never sent twice", async () => {
  const { a } = await threeWorkers();
  let asked = 0;
  const router = toWork(a, () => ([first]) => {
    asked += 1;
    return first as string;
  });
  const safely = { ...within, retryUnreachable: true };
  await expect(router.ask("slow", { ms: -1 }, safely)).rejects.toMatchObject({ stage: "handler" });
  expect(asked).toBe(1);
});

test("another try has only the time that is left", async () => {
  const { a } = await threeWorkers();
  const late = { offset: 0 };
  const router = routerTo(a, workerProtocol, {
    members: [{ address: "a/gone" }, { address: "a/one" }],
    ports: {
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic() + late.offset,
        schedule: (delayMs, callback) => clock.schedule(delayMs, callback),
      },
    },
    strategy:
      () =>
      ([first]) =>
        first as string,
  });
  const ask = () => router.ask("slow", { ms: 500 }, { ...within, retryUnreachable: true });
  const tooLate = ask();
  late.offset = 600;
  const failed = expect(tooLate).rejects.toMatchObject({ stage: "reply", address: "a/one" });
  await clock.advance(450);
  await failed;
  const overdue = ask();
  late.offset += 1000;
  await expect(overdue).rejects.toMatchObject({ stage: "unreachable", address: "a/gone" });
});

test("what an actor sends through a router comes from the actor, and can't make it wait for itself", async () => {
  const a = node("a");
  const go = defineProtocol("go", {
    go: query(z.object({}), z.string()),
    told: message(z.object({})),
  });
  const asker = defineActor(go, (context) => {
    const capable = { capability: "go", cluster: a.cluster, strategy: roundRobin() };
    const router = routerTo(context, go, capable);
    const nobody = routerTo(context, go, { members: [], strategy: roundRobin() });
    return {
      go: () => router.ask("go", {}, within),
      told: () => nobody.tell("told", {}),
    };
  });
  const ref = a.spawn(asker, { name: "asker", capabilities: ["go"] });
  await expect(ref.ask("go", {}, within)).rejects.toThrow("a/asker -> a/asker");
  await clock.advance(1000);
  ref.tell("told", {});
  await settled();
  expect(events).toContainEqual({
    kind: "dead-letter",
    reason: "no-actor",
    type: "told",
    sender: "a/asker",
    receiver: "a/group:members",
  });
});

test("members may be worked out for each message", async () => {
  const { a } = await threeWorkers();
  let members = [{ address: "a/two" }];
  const router = routerTo(a, workerProtocol, { members: () => members, strategy: roundRobin() });
  expect(await router.ask("who", { key: "" }, within)).toBe("a/two");
  members = [{ address: "a/one" }];
  expect(await router.ask("who", { key: "" }, within)).toBe("a/one");
});

test("a router accepts only what its protocol holds", () => {
  const useOf = (system: ActorSystem) => {
    const router = toWork(system, roundRobin());
    expectTypeOf(router.ask("who", { key: "" }, within)).toEqualTypeOf<Promise<string>>();
    expectTypeOf(router.tell("note", { key: "" })).toEqualTypeOf<void>();
    // @ts-expect-error the protocol has no such message
    router.tell("burn", {});
    // @ts-expect-error a query is asked, not told
    router.tell("who", { key: "" });
    // @ts-expect-error a message is told, not asked
    void router.ask("note", { key: "" }, within);
    // @ts-expect-error the body must match
    router.tell("note", { key: 1 });
    // @ts-expect-error an ask says how long it waits
    void router.ask("who", { key: "" }, {});
  };
  expectTypeOf(useOf).toBeFunction();
  const keysOf = (system: ActorSystem) => {
    routerTo(system, workerProtocol, {
      capability: "work",
      strategy: consistentHash((type, body) => {
        expectTypeOf(type).toEqualTypeOf<"note" | "who" | "slow">();
        return type === "slow" ? `${body.ms}` : body.key;
      }),
    });
    routerTo(system, workerProtocol, {
      capability: "work",
      // @ts-expect-error not every message has this key
      strategy: consistentHash((_type, body) => body.key),
    });
    routerTo(system, workerProtocol, {
      capability: "work",
      strategy: () => (members, message) =>
        (message.type === "slow" && message.body.ms > 9 ? members.at(-1) : members[0]) ?? "",
    });
    // @ts-expect-error members or a capability must be given
    routerTo(system, workerProtocol, { strategy: roundRobin() });
  };
  expectTypeOf(keysOf).toBeFunction();
});

test("an actor's router to a capability says which cluster it looks in", () => {
  const setup = defineActor(workerProtocol, (context) => {
    // @ts-expect-error a context has no view of the cluster
    routerTo(context, workerProtocol, { capability: "work", strategy: roundRobin() });
    return { note: () => {}, who: () => "", slow: () => "" };
  });
  expectTypeOf(setup).toBeObject();
});
