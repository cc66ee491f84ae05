// Longer than others: one small world of nodes serves every promise that the runtime makes to a single actor.
import {
  InMemoryNetwork,
  RecordingTracer,
  seededRandom,
  settled,
  VirtualClock,
} from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import {
  type Actor,
  type ActorSystem,
  createActorSystem,
  defineActor,
  defineProtocol,
  message,
  query,
  type SystemEvent,
  silentLog,
} from "../index.ts";

const counterProtocol = defineProtocol("counter", {
  increment: message(z.object({ by: z.number() })),
  total: query(z.object({}), z.number()),
  crash: message(z.object({})),
});
const counter = defineActor(counterProtocol, () => {
  let total = 0;
  return {
    increment: ({ by }) => {
      total += by;
    },
    total: () => total,
    crash: () => {
      throw new Error("asked to");
    },
  };
});

let clock: VirtualClock;
let network: InMemoryNetwork;
let events: SystemEvent[];
let tracer: RecordingTracer;
const within = { withinMs: 1000 };

function node(name: string): ActorSystem {
  const random = seededRandom(name.length);
  const system = createActorSystem({
    node: name,
    ports: { transport: network.connect(name), clock, random, tracer, log: silentLog },
  });
  system.observe((event) => events.push(event));
  return system;
}

beforeEach(() => {
  clock = new VirtualClock();
  const random = seededRandom(1);
  network = new InMemoryNetwork({ clock, random });
  tracer = new RecordingTracer(clock, random);
  events = [];
});

test("messages are handled one at a time, in the order they were sent", async () => {
  const ref = node("a").spawn(counter, { name: "counter" });
  for (let by = 1; by <= 100; by += 1) ref.tell("increment", { by });
  expect(await ref.ask("total", {}, within)).toBe(5050);
});

test("an actor on another node is reached by its address", async () => {
  node("a").spawn(counter, { name: "counter" });
  const ref = node("b").ref(counterProtocol, "a/counter");
  ref.tell("increment", { by: 7 });
  expect(await ref.ask("total", {}, within)).toBe(7);
});

test("a crashed actor is restarted with fresh state, after its back-off, and keeps its mailbox", async () => {
  const ref = node("a").spawn(counter, { name: "counter" });
  ref.tell("increment", { by: 5 });
  ref.tell("crash", {});
  ref.tell("increment", { by: 2 });
  await settled();
  expect(events.find(({ kind }) => kind === "restarted")).toMatchObject({ restarts: 1 });
  const total = ref.ask("total", {}, { withinMs: 60_000 });
  await clock.advance(200);
  expect(await total).toBe(2);
});

test("an ask says at which stage it died", async () => {
  const a = node("a");
  const b = node("b");
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
  await clock.advance(1100);
  await Promise.all([taken, waiting]);
});

test("actors that would wait for each other are told so at once", async () => {
  const peer = defineProtocol("peer", { go: query(z.object({ to: z.string() }), z.string()) });
  const asker: Actor<typeof peer.messages> = defineActor(peer, (context) => ({
    go: ({ to }) => context.ref(peer, to).ask("go", { to: context.self.address }, within),
  }));
  const a = node("a");
  const b = node("b");
  const first = a.spawn(asker, { name: "first" });
  b.spawn(asker, { name: "second" });
  await expect(first.ask("go", { to: "b/second" }, within)).rejects.toThrow(
    "a/first -> b/second -> a/first",
  );
});

test("a failure beyond the intensity stops the actor for good", async () => {
  const ref = node("a").spawn(counter, { name: "counter" });
  for (let round = 0; round < 7; round += 1) {
    ref.tell("crash", {});
    await clock.advance(4000);
  }
  expect(events.filter(({ kind }) => kind === "restarted")).toHaveLength(5);
  expect(events.some(({ kind }) => kind === "escalated")).toBe(true);
  expect(events.some((event) => event.kind === "stopped" && event.error !== undefined)).toBe(true);
});

const familyProtocol = defineProtocol("family", {
  names: query(z.object({}), z.array(z.string())),
});

test.for([
  ["one-for-one", ["two"]],
  ["one-for-all", ["one", "two", "three"]],
  ["rest-for-one", ["two", "three"]],
] as const)("with %s a failed child takes with it: %s", async ([strategy, expected]) => {
  const starts: string[] = [];
  const child = (name: string) =>
    defineActor(counterProtocol, () => {
      starts.push(name);
      return {
        increment: () => {},
        total: () => 0,
        crash: () => {
          throw new Error("asked to");
        },
      };
    });
  const parent = defineActor(
    familyProtocol,
    (context) => {
      for (const name of ["one", "two", "three"]) context.spawn(child(name), { name });
      return { names: () => [] };
    },
    { supervision: { strategy } },
  );
  const system = node("a");
  system.spawn(parent, { name: "parent" });
  starts.length = 0;
  system.ref(counterProtocol, "a/parent/two").tell("crash", {});
  await clock.advance(500);
  expect(starts).toEqual(expected);
});

test("temporary actors are not restarted, transient ones only after a failure", async () => {
  const system = node("a");
  const temporary = system.spawn(counter, { name: "temporary", restart: "temporary" });
  temporary.tell("crash", {});
  await clock.advance(500);
  await expect(temporary.ask("total", {}, within)).rejects.toMatchObject({ stage: "unreachable" });
  const transient = system.spawn(counter, { name: "transient", restart: "transient" });
  transient.tell("crash", {});
  await clock.advance(500);
  expect(await transient.ask("total", {}, within)).toBe(0);
});

test("an actor that stops itself stays stopped, unless it is permanent", async () => {
  const starts: string[] = [];
  const leaver = (name: string) =>
    defineActor(defineProtocol("leaver", { leave: message(z.object({})) }), (context) => {
      starts.push(name);
      return { leave: () => context.stop() };
    });
  const system = node("a");
  const transient = system.spawn(leaver("transient"), { name: "transient" });
  const permanent = system.spawn(leaver("permanent"), { name: "permanent", restart: "permanent" });
  transient.tell("leave", {});
  permanent.tell("leave", {});
  await clock.advance(500);
  expect(starts).toEqual(["transient", "permanent", "permanent"]);
  await system.stopActor(permanent);
  await clock.advance(500);
  expect(starts).toHaveLength(3);
});

test("a poison message is quarantined and can be replayed", async () => {
  let healthy = false;
  const patient = defineActor(
    counterProtocol,
    () => ({
      increment: () => {
        if (!healthy) throw new Error("not today");
      },
      total: () => 1,
      crash: () => {},
    }),
    { poisonAfter: 3 },
  );
  const system = node("a");
  const ref = system.spawn(patient, { name: "patient" });
  ref.tell("increment", { by: 1 });
  await clock.advance(5000);
  const [poison] = system.quarantine.list();
  expect(poison).toMatchObject({ actor: "a/patient", type: "increment", failures: 3 });
  healthy = true;
  expect(system.quarantine.replay(poison?.id ?? "")).toBe(true);
  expect(await ref.ask("total", {}, within)).toBe(1);
  expect(system.quarantine.list()).toEqual([]);
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
  const system = node("a");
  const fill = (name: string, overflow: "reject-new" | "drop-oldest") => {
    const ref = system.spawn(make(overflow), { name });
    for (const by of [1, 2, 3]) ref.tell("increment", { by });
  };
  fill("rejecting", "reject-new");
  await settled();
  fill("dropping", "drop-oldest");
  await settled();
  expect(handled).toEqual([1, 2, 2, 3]);
  const lost = events.filter((event) => event.kind === "dead-letter");
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
  node("a").spawn(counter, { name: "counter" });
  const ref = node("b").ref(lax, "a/counter");
  ref.tell("increment", { by: "seven" });
  await expect(ref.ask("total", 7, within)).rejects.toMatchObject({ stage: "handler" });
  expect(events.filter(({ kind }) => kind === "dead-letter")).toHaveLength(2);
});

test("watchers learn that an actor stopped, failed, never was, or lost its node", async () => {
  const seen: string[] = [];
  const watcherProtocol = defineProtocol("watcher", {
    watch: message(z.object({ of: z.string() })),
  });
  const watcher = defineActor(watcherProtocol, (context) => ({
    watch: ({ of }) => context.watch({ address: of }, (why) => void seen.push(`${of} ${why}`)),
  }));
  const a = node("a");
  const b = node("b");
  await clock.advance(10);
  const ref = b.spawn(watcher, { name: "watcher" });
  const doomed = a.spawn(counter, { name: "doomed", restart: "temporary" });
  const stopped = a.spawn(counter, { name: "stopped" });
  a.spawn(counter, { name: "cut" });
  for (const name of ["doomed", "stopped", "cut", "nobody"]) ref.tell("watch", { of: `a/${name}` });
  await settled();
  doomed.tell("crash", {});
  await a.stopActor(stopped);
  await clock.advance(100);
  expect(seen.sort()).toEqual(["a/doomed failed", "a/nobody not-found", "a/stopped stopped"]);
  network.isolate("a");
  await clock.advance(10_000);
  expect(seen).toContain("a/cut node-lost");
  expect(b.cluster.nodes()).toEqual(["b"]);
});

test("capabilities are found across the cluster while their actors live", async () => {
  const a = node("a");
  const b = node("b");
  const ref = a.spawn(counter, { name: "counter", capabilities: ["count"] });
  await clock.advance(5);
  expect(b.cluster.find("count").map(({ address }) => address)).toEqual(["a/counter"]);
  const c = node("c");
  await clock.advance(5);
  expect(c.cluster.find("count").map(({ address }) => address)).toEqual(["a/counter"]);
  await a.stopActor(ref);
  await clock.advance(5);
  expect(b.cluster.find("count")).toEqual([]);
  await c.stop();
  await clock.advance(5);
  expect(b.cluster.nodes()).toEqual(["a", "b"]);
});

test("a node whose own timers ran late does not declare the others lost", async () => {
  const b = node("b");
  const late = { offset: 0 };
  const sleepy = createActorSystem({
    node: "sleepy",
    ports: {
      transport: network.connect("sleepy"),
      clock: {
        now: () => clock.now(),
        monotonic: () => clock.monotonic() + late.offset,
        schedule: (delay, callback) => clock.schedule(delay, callback),
      },
      random: seededRandom(9),
      tracer,
      log: silentLog,
    },
  });
  await clock.advance(1500);
  late.offset = 60_000;
  await clock.advance(1000);
  expect(sleepy.cluster.nodes()).toEqual(["b", "sleepy"]);
  await b.stop();
});

test("a cancelled timer never fires, and a set-again one fires once", async () => {
  const fired: string[] = [];
  const timerProtocol = defineProtocol("timers", {
    fire: message(z.object({ what: z.string() })),
    cancel: message(z.object({})),
  });
  const timed = defineActor(timerProtocol, (context) => {
    context.timers.once("cancelled", 100, "fire", { what: "cancelled" });
    context.timers.once("again", 100, "fire", { what: "first" });
    context.timers.once("again", 200, "fire", { what: "second" });
    context.timers.every("tick", 90, "fire", { what: "tick" });
    context.receiveTimeout(1000, "fire", { what: "idle" });
    return {
      fire: ({ what }) => {
        fired.push(what);
        if (fired.filter((one) => one === "tick").length === 3) context.timers.cancel("tick");
      },
      cancel: () => context.timers.cancel("cancelled"),
    };
  });
  const ref = node("a").spawn(timed, { name: "timed" });
  ref.tell("cancel", {});
  await clock.advance(1000);
  expect(fired).toEqual(["tick", "tick", "second", "tick"]);
  await clock.advance(1000);
  expect(fired.at(-1)).toBe("idle");
});

test("a timer cancelled by a message that waited before it fired never fires", async () => {
  const fired: string[] = [];
  const forgetful = defineActor(
    defineProtocol("forgetful", { tick: message(z.object({})), hold: message(z.object({})) }),
    (context) => {
      context.timers.once("tick", 10, "tick", {});
      return {
        tick: () => void fired.push("tick"),
        hold: async () => {
          await new Promise<void>((resolve) => clock.schedule(20, resolve));
          context.timers.cancel("tick");
        },
      };
    },
  );
  node("a").spawn(forgetful, { name: "forgetful" }).tell("hold", {});
  await clock.advance(100);
  expect(fired).toEqual([]);
});

test("an actor can set messages aside, change its behaviour, and take them up again", async () => {
  const doorProtocol = defineProtocol("door", {
    enter: message(z.object({ who: z.string() })),
    open: message(z.object({})),
  });
  const entered: string[] = [];
  const door = defineActor(doorProtocol, (context) => ({
    enter: () => context.stash(),
    open: () => {
      context.become({ enter: ({ who }) => void entered.push(who), open: () => {} });
      context.unstashAll();
    },
  }));
  const ref = node("a").spawn(door, { name: "door" });
  ref.tell("enter", { who: "ann" });
  ref.tell("enter", { who: "bob" });
  ref.tell("open", {});
  ref.tell("enter", { who: "cyd" });
  await settled();
  expect(entered).toEqual(["ann", "bob", "cyd"]);
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
  const ref = node("a").spawn(taker, { name: "taker" });
  const sent = { items: [1, 2] };
  ref.tell("take", sent);
  await settled();
  expect(() => sent.items.push(3)).toThrow(TypeError);
  expect(received).toEqual([1, 2]);
});

test("messages that interleave do not hold the mailbox, and others do", async () => {
  const gates: Array<() => void> = [];
  const gate = (): Promise<void> => new Promise((resolve) => gates.push(resolve));
  const waiterProtocol = defineProtocol("waiter", {
    slow: query(z.object({}), z.string()),
    serial: query(z.object({}), z.string()),
    quick: query(z.object({}), z.string()),
  });
  const waiter = defineActor(
    waiterProtocol,
    () => ({
      slow: async () => {
        await gate();
        return "slow";
      },
      serial: async () => {
        await gate();
        return "serial";
      },
      quick: () => "quick",
    }),
    { interleave: ["slow"] },
  );
  const ref = node("a").spawn(waiter, { name: "waiter" });
  const order: string[] = [];
  const asked = (type: "slow" | "serial" | "quick") =>
    ref.ask(type, {}, within).then((answer) => order.push(answer));
  const all = [asked("slow"), asked("quick"), asked("serial"), asked("quick")];
  await settled();
  expect(order).toEqual(["quick"]);
  gates[1]?.();
  await settled();
  expect(order).toEqual(["quick", "serial", "quick"]);
  gates[0]?.();
  await Promise.all(all);
  expect(order.at(-1)).toBe("slow");
});

test("an actor that interleaves can be asked back by the one it asks", async () => {
  const askerProtocol = defineProtocol("asker", {
    start: query(z.object({}), z.number()),
    size: query(z.object({}), z.number()),
  });
  const backProtocol = defineProtocol("back", { double: query(z.object({}), z.number()) });
  const asker = defineActor(
    askerProtocol,
    (context) => ({
      start: () => context.ref(backProtocol, "a/back").ask("double", {}, within),
      size: () => 21,
    }),
    { interleave: ["start"] },
  );
  const back = defineActor(backProtocol, (context) => ({
    double: async () => 2 * (await context.ref(askerProtocol, "a/asker").ask("size", {}, within)),
  }));
  const system = node("a");
  system.spawn(back, { name: "back" });
  expect(await system.spawn(asker, { name: "asker" }).ask("start", {}, within)).toBe(42);
});

test("an ask that was set aside is answered when it is taken up again", async () => {
  const stasher = defineActor(
    defineProtocol("stasher", {
      open: message(z.object({})),
      look: query(z.object({}), z.number()),
    }),
    (context) => ({
      open: () => {
        context.become({ open: () => {}, look: () => 7 });
        context.unstashAll();
      },
      look: () => {
        context.stash();
        return 0;
      },
    }),
  );
  const ref = node("a").spawn(stasher, { name: "stasher" });
  const answer = ref.ask("look", {}, within);
  await settled();
  ref.tell("open", {});
  expect(await answer).toBe(7);
});

test.for(["a", "b"])(
  "when one of two linked actors fails for good, the other on %s fails too",
  async (home) => {
    const linkProtocol = defineProtocol("linked", {
      to: message(z.object({ address: z.string() })),
    });
    const linker = defineActor(linkProtocol, (context) => ({
      to: (ref) => context.link(ref),
    }));
    const [a, other] = home === "a" ? [node("a"), undefined] : [node("a"), node("b")];
    const host = other ?? a;
    const doomed = host.spawn(counter, { name: "doomed", restart: "temporary" });
    const survivor = a.spawn(linker, { name: "linker", restart: "temporary" });
    await clock.advance(10);
    survivor.tell("to", doomed);
    await settled();
    doomed.tell("crash", {});
    await settled();
    expect(events).toContainEqual(
      expect.objectContaining({
        kind: "stopped",
        actor: "a/linker",
        error: expect.objectContaining({ code: "linked-actor" }),
      }),
    );
  },
);

test("a link works in both directions, and an ordered stop does not spread", async () => {
  const linkProtocol = defineProtocol("linked", {
    to: message(z.object({ address: z.string() })),
    crash: message(z.object({})),
  });
  const linker = defineActor(linkProtocol, (context) => ({
    to: (ref) => context.link(ref),
    crash: () => {
      throw new Error("asked to");
    },
  }));
  const system = node("a");
  const spawn = (name: string) => system.spawn(linker, { name, restart: "temporary" });
  const [one, two, three] = [spawn("one"), spawn("two"), spawn("three")];
  one.tell("to", two);
  one.tell("to", three);
  await settled();
  await system.stopActor(three);
  await settled();
  one.tell("crash", {});
  await settled();
  const stopped = events
    .filter(({ kind }) => kind === "stopped")
    .map((event) => "actor" in event && event.actor);
  expect(stopped).toEqual(["a/three", "a/one", "a/two"]);
});

test("an exchange among actors that never ends leaves the process its turns", async () => {
  const pingProtocol = defineProtocol("ping", { ping: message(z.object({})) });
  const pinger = defineActor(pingProtocol, (context) => ({
    ping: () => context.self.tell("ping", {}),
  }));
  const system = node("a");
  const ref = system.spawn(pinger, { name: "pinger" });
  ref.tell("ping", {});
  await new Promise(setImmediate);
  await new Promise(setImmediate);
  await system.stopActor(ref);
});

test("the next incarnation begins when the last one's clean-up has ended", async () => {
  const order: string[] = [];
  let release: () => void = () => {};
  const tidy = defineActor(counterProtocol, (context) => {
    order.push("setup");
    context.onStop(async () => {
      await new Promise<void>((resolve) => {
        release = resolve;
      });
      order.push("cleaned");
    });
    return {
      increment: () => {},
      total: () => 0,
      crash: () => {
        throw new Error("asked to");
      },
    };
  });
  const ref = node("a").spawn(tidy, { name: "tidy" });
  ref.tell("crash", {});
  await clock.advance(500);
  expect(order).toEqual(["setup"]);
  release();
  await settled();
  expect(order).toEqual(["setup", "cleaned", "setup"]);
});
