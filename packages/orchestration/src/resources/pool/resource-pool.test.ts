import { VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import type { PoolSettings, ResourceDemand } from "./pool-state.ts";
import { type Reservation, ResourcePool } from "./resource-pool.ts";

function poolOf(settings: Partial<PoolSettings> = {}) {
  const clock = new VirtualClock();
  return { clock, pool: new ResourcePool({ capacity: { cpu: 4 }, ...settings, clock }) };
}

/** Demands in the order granted, each held until `end` is called with its task. */
class Callers {
  readonly granted: string[] = [];
  readonly #held = new Map<string, Reservation>();
  readonly pool: ResourcePool;

  constructor(pool: ResourcePool) {
    this.pool = pool;
  }

  ask(task: string, resources: ResourceDemand["resources"], more: Partial<ResourceDemand> = {}) {
    const demand = { goal: "g", ...more, task, resources };
    return this.pool.acquire(demand).then((reservation) => {
      this.granted.push(task);
      this.#held.set(task, reservation);
    });
  }

  async end(task: string): Promise<void> {
    this.#held.get(task)?.release();
    for (let turn = 0; turn < 10; turn += 1) await Promise.resolve();
  }
}

test("a demand gets all it asks for at once, or waits without holding any of it", async () => {
  const { pool } = poolOf({ capacity: { cpu: 4, gpu: 1 } });
  const callers = new Callers(pool);
  await callers.ask("a", { gpu: 1 });
  void callers.ask("b", { cpu: 3, gpu: 1 });
  await callers.ask("c", { cpu: 4 });
  expect(pool.usage()).toMatchObject({
    free: { cpu: 0, gpu: 0 },
    held: [{ task: "a" }, { task: "c" }],
    waiting: [{ task: "b", resources: { cpu: 3, gpu: 1 } }],
  });
  await callers.end("a");
  expect(callers.granted).toEqual(["a", "c"]);
  await callers.end("c");
  expect(callers.granted).toEqual(["a", "c", "b"]);
});

test("releasing twice gives back once, and a reservation ends with its block", async () => {
  const { pool } = poolOf();
  const once = await pool.acquire({ goal: "g", task: "once", resources: { cpu: 1 } });
  await pool.acquire({ goal: "g", task: "other", resources: { cpu: 1 } });
  once.release();
  once.release();
  expect(pool.usage().free).toEqual({ cpu: 3 });
  {
    using all = await pool.acquire({ goal: "g", task: "all", resources: { cpu: 3 } });
    expect(all.resources).toEqual({ cpu: 3 });
    expect(pool.usage().free).toEqual({ cpu: 0 });
  }
  expect(pool.usage().free).toEqual({ cpu: 3 });
});

test("more than there is is refused at once, naming what and how much", async () => {
  const { pool } = poolOf({ capacity: { cpu: 4, gpu: 1 } });
  for (const [resources, resource, demand, capacity] of [
    [{ cpu: 5 }, "cpu", 5, 4],
    [{ cpu: 1, tape: 1 }, "tape", 1, 0],
    [{ toString: 1 }, "toString", 1, 0],
  ] as const) {
    const refused = pool.acquire({ goal: "g", task: "t", resources });
    const why = { code: "unsatisfiable-demand", task: "t", resource, demand, capacity };
    await expect(refused).rejects.toMatchObject(why);
  }
  const odd = { goal: "g", task: "t", resources: { cpu: 0.5 } };
  await expect(pool.acquire(odd)).rejects.toMatchObject({ code: "invalid-value" });
  expect(pool.usage()).toMatchObject({ free: { cpu: 4, gpu: 1 }, held: [], waiting: [] });
});

test("no more than the limit wait; who needs not wait is served all the same", async () => {
  const { pool } = poolOf({ capacity: { cpu: 2, gpu: 1 }, queueLimit: 1 });
  const callers = new Callers(pool);
  await callers.ask("a", { cpu: 2 });
  void callers.ask("b", { cpu: 1 });
  await expect(callers.ask("c", { cpu: 1 })).rejects.toMatchObject({
    code: "resource-queue-full",
    retryable: true,
    waiter: "c",
    limit: 1,
  });
  await callers.ask("d", { gpu: 1 });
  await callers.end("a");
  expect(callers.granted).toEqual(["a", "d", "b"]);
});

test("an aborted wait rejects with its reason, and whoever it held up goes on", async () => {
  const { pool } = poolOf({ patience: 0 });
  const callers = new Callers(pool);
  await callers.ask("a", { cpu: 1 });
  const stop = new AbortController();
  const large = pool.acquire(
    { goal: "h", task: "large", resources: { cpu: 4 } },
    { signal: stop.signal },
  );
  void callers.ask("b", { cpu: 1 });
  expect(pool.usage().waiting).toHaveLength(2);
  stop.abort(new Error("changed my mind"));
  await expect(large).rejects.toThrow("changed my mind");
  expect(callers.granted).toEqual(["a", "b"]);
  const late = pool.acquire(
    { goal: "h", task: "late", resources: { cpu: 1 } },
    { signal: stop.signal },
  );
  await expect(late).rejects.toThrow("changed my mind");
  expect(pool.usage()).toMatchObject({ free: { cpu: 2 }, waiting: [] });
});

test("an abort after the grant changes nothing: the holder releases", async () => {
  const { pool } = poolOf();
  const stop = new AbortController();
  const { signal } = stop;
  await pool.acquire({ goal: "g", task: "a", resources: { cpu: 1 } }, { signal });
  stop.abort();
  expect(pool.usage().free).toEqual({ cpu: 3 });
});

test("within a goal the highest priority is first, among equals who came first", async () => {
  const { pool } = poolOf({ capacity: { cpu: 1 } });
  const callers = new Callers(pool);
  await callers.ask("running", { cpu: 1 });
  void callers.ask("low", { cpu: 1 }, { priority: 1 });
  void callers.ask("high", { cpu: 1 }, { priority: 9 });
  void callers.ask("low too", { cpu: 1 }, { priority: 1 });
  for (const task of ["running", "high", "low"]) await callers.end(task);
  expect(callers.granted).toEqual(["running", "high", "low", "low too"]);
});

test("what is reserved ahead and not claimed goes back by itself, to whoever waits", async () => {
  const { clock, pool } = poolOf();
  const demand = { goal: "g", task: "soon", resources: { cpu: 4 } };
  const ahead = await pool.reserveAhead(demand, { claimWithinMs: 1000 });
  const callers = new Callers(pool);
  void callers.ask("b", { cpu: 1 });
  await clock.advance(999);
  expect(callers.granted).toEqual([]);
  expect(pool.usage().held).toMatchObject([{ task: "soon", isAhead: true, forMs: 999 }]);
  await clock.advance(1);
  expect(callers.granted).toEqual(["b"]);
  expect(() => ahead.claim()).toThrow(
    expect.objectContaining({ code: "reservation-lapsed", task: "soon", claimWithinMs: 1000 }),
  );
  ahead.release();
  expect(pool.usage().free).toEqual({ cpu: 3 });
});

test("what is claimed in time is held until it is released", async () => {
  const { clock, pool } = poolOf();
  const demand = { goal: "g", task: "soon", resources: { cpu: 3 } };
  {
    using ahead = await pool.reserveAhead(demand, { claimWithinMs: 1000 });
    await clock.advance(900);
    const reservation = ahead.claim();
    expect(() => ahead.claim()).toThrow("reserved ahead");
    ahead.release();
    await clock.advance(10_000);
    expect(pool.usage()).toMatchObject({ free: { cpu: 1 }, held: [{ isAhead: false }] });
    reservation.release();
  }
  expect(pool.usage().free).toEqual({ cpu: 4 });
});

test("the time to claim begins with the grant, not with the wait for it", async () => {
  const { clock, pool } = poolOf({ capacity: { cpu: 1 } });
  const callers = new Callers(pool);
  await callers.ask("a", { cpu: 1 });
  const waiting = pool.reserveAhead(
    { goal: "g", task: "soon", resources: { cpu: 1 } },
    { claimWithinMs: 100 },
  );
  await clock.advance(5000);
  await callers.end("a");
  const ahead = await waiting;
  await clock.advance(99);
  ahead.claim();
  await clock.advance(1000);
  expect(pool.usage().free).toEqual({ cpu: 0 });
});
