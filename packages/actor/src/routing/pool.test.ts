import { InMemoryNetwork, seededRandom, settled, VirtualClock } from "@troupe/testkit";
import { beforeEach, expect, expectTypeOf, test } from "vitest";
import { z } from "zod";
import {
  type Actor,
  type ActorSystem,
  consistentHash,
  createActorSystem,
  defineActor,
  defineProtocol,
  leastBusy,
  message,
  type PoolOptions,
  poolOf,
  query,
  type SystemEvent,
  silentLog,
} from "../index.ts";

const workerProtocol = defineProtocol("worker", {
  configure: message(z.object({ to: z.string() })),
  note: message(z.object({ key: z.string() })),
  work: query(z.object({ ms: z.number() }), z.string()),
  crash: query(z.object({}), z.string()),
  handled: query(z.object({ key: z.string() }), z.number()),
});
type Worker = typeof workerProtocol.messages;

let clock: VirtualClock;
let system: ActorSystem;
let events: SystemEvent[];
let started: string[];
let configured: string[];
let notes: string[];
const within = { withinMs: 10_000 };

const worker = defineActor(workerProtocol, (context) => {
  started.push(context.self.address);
  let handled = 0;
  return {
    configure: ({ to }) => void configured.push(`${context.self.address} ${to}`),
    note: () => {
      handled += 1;
      notes.push(context.self.address);
    },
    work: ({ ms }) =>
      new Promise((resolve) => {
        context.clock.schedule(ms, () => resolve(context.self.address));
      }),
    crash: () => {
      throw new Error("asked to");
    },
    handled: () => handled,
  };
});

const spawnPool = (options: Partial<PoolOptions<Worker>> = {}) =>
  system.spawn(poolOf(worker, { size: 4, withinMs: 10_000, ...options }), { name: "pool" });

beforeEach(() => {
  clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  events = [];
  started = [];
  configured = [];
  notes = [];
  system = createActorSystem({
    node: "a",
    ports: { transport: network.connect("a"), clock, random: seededRandom(2), log: silentLog },
  });
  system.observe((event) => events.push(event));
});

test("a pool is an actor that does as many things at once as it has children", async () => {
  const pool = spawnPool();
  const answers = Promise.all([1, 2, 3, 4].map(() => pool.ask("work", { ms: 1000 }, within)));
  let done = false;
  void answers.then(() => {
    done = true;
  });
  await clock.advance(999);
  expect(done).toBe(false);
  await clock.advance(2);
  expect(done).toBe(true);
  expect([...(await answers)].sort()).toEqual([...started].sort());
  expect(started).toHaveLength(4);
});

test("messages go to one child each, those marked for broadcast to all", async () => {
  const pool = spawnPool({ broadcast: ["configure"] });
  for (const key of ["1", "2", "3", "4"]) pool.tell("note", { key });
  pool.tell("configure", { to: "x" });
  await settled();
  expect([...notes].sort()).toEqual([...started].sort());
  expect([...configured].sort()).toEqual(started.map((address) => `${address} x`).sort());
});

test("a child that fails is restarted alone, its asker is told, and the pool goes on", async () => {
  const pool = spawnPool();
  await settled();
  const before = started.length;
  await expect(pool.ask("crash", {}, within)).rejects.toMatchObject({
    stage: "handler",
    address: "a/pool",
    message: expect.stringContaining("asked to"),
  });
  await clock.advance(1000);
  expect(started).toHaveLength(before + 1);
  const restarted = events.filter(({ kind }) => kind === "restarted");
  expect(restarted).toMatchObject([{ actor: started.at(-1) }]);
  expect(system.quarantine.list()).toMatchObject([{ actor: started.at(-1), type: "crash" }]);
});

test("failures beyond the supervision's intensity fail the pool, which begins anew", async () => {
  const intensity = { restarts: 1, withinMs: 60_000 };
  const pool = spawnPool({ supervision: { intensity } });
  for (const _ of [1, 2]) {
    await pool.ask("crash", {}, within).catch(() => {});
    await clock.advance(500);
  }
  expect(events.some(({ kind }) => kind === "escalated")).toBe(true);
  await clock.advance(5000);
  expect(started).toHaveLength(4 + 1 + 4);
  const work = pool.ask("work", { ms: 10 }, within);
  await clock.advance(20);
  expect(started.slice(5)).toContain(await work);
});

test("least busy gives work to the children that have none", async () => {
  const pool = spawnPool({ size: 2, strategy: leastBusy() });
  const long = pool.ask("work", { ms: 5000 }, within);
  await settled();
  const short: string[] = [];
  for (const _ of [1, 2, 3, 4, 5]) {
    const work = pool.ask("work", { ms: 10 }, within);
    await clock.advance(20);
    short.push(await work);
  }
  await clock.advance(5000);
  expect(new Set(short).size).toBe(1);
  expect(short).not.toContain(await long);
});

test("with a key, what a child remembers of it is found again", async () => {
  const strategy = consistentHash<Worker>((type, body) =>
    type === "note" || type === "handled" ? body.key : type,
  );
  const pool = spawnPool({ strategy });
  for (const _ of [1, 2, 3]) pool.tell("note", { key: "k" });
  expect(await pool.ask("handled", { key: "k" }, within)).toBe(3);
});

test("a child stopped from outside gets nothing more; when the last one is, the pool stops", async () => {
  const pool = spawnPool({ size: 2 });
  await settled();
  const [first = "", second = ""] = started;
  await system.stopActor({ address: first });
  await settled();
  for (const key of ["1", "2", "3"]) pool.tell("note", { key });
  await settled();
  expect(notes).toEqual([second, second, second]);
  await system.stopActor({ address: second });
  await settled();
  expect(events.at(-1)).toEqual({ kind: "stopped", actor: "a/pool" });
  await expect(pool.ask("work", { ms: 0 }, within)).rejects.toMatchObject({ stage: "unreachable" });
});

test("a pool needs at least one child", () => {
  expect(() => poolOf(worker, { size: 0, withinMs: 1 })).toThrow(RangeError);
  expect(() => poolOf(worker, { size: 2.5, withinMs: 1 })).toThrow(RangeError);
});

test("a pool has the protocol of its children", () => {
  expectTypeOf(poolOf(worker, { size: 1, withinMs: 1 })).toEqualTypeOf<Actor<Worker>>();
  // @ts-expect-error the answers of a query can't all be given, so it can't be broadcast
  poolOf(worker, { size: 1, withinMs: 1, broadcast: ["work"] });
});
