import { expect, test } from "vitest";
import type { HeldUnits } from "./held-units.ts";
import { UnitsCluster } from "./units-cluster.test-data.ts";

const groups = { warehouse: { units: { licence: 3, seat: 2 }, otherwise: 1 } };
const leaseMs = 30_000;

/** Whether something has settled by now. */
function watch(work: Promise<unknown>): () => boolean {
  let settled = false;
  const settle = (): void => {
    settled = true;
  };
  work.then(settle, settle);
  return () => settled;
}

test("several names are granted all at once or not at all, whichever node asks", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const first = await cluster.end(cluster.acquire("d", "one", { licence: 2, "table:orders": 1 }));
  const second = cluster.acquire("e", "two", { licence: 1, "table:orders": 1 });
  const isGranted = watch(second);
  await cluster.clock.advance(5000);
  expect(isGranted()).toBe(false);
  expect(await cluster.usage()).toMatchObject({
    limits: { licence: 3, seat: 2 },
    inUse: { licence: 2, "table:orders": 1 },
    held: [{ holder: "one" }],
    waiting: [{ holder: "two" }],
  });
  await cluster.end(first.release());
  const { token } = await cluster.end(second);
  expect(token).toBeGreaterThan(first.token);
  expect((await cluster.usage()).inUse).toEqual({ licence: 1, "table:orders": 1 });
});

test("who came earlier and needs some of the same comes first; others pass", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const first = await cluster.end(cluster.acquire("d", "one", { licence: 1 }));
  const large = cluster.acquire("e", "large", { licence: 3, seat: 1 });
  await cluster.clock.advance(100);
  const small = cluster.acquire("d", "small", { licence: 1 });
  const isGranted = watch(small);
  await cluster.end(cluster.acquire("a", "else", { "table:orders": 1 }));
  await cluster.clock.advance(10_000);
  expect(isGranted()).toBe(false);
  await cluster.end(first.release());
  const held = await cluster.end(large);
  await cluster.clock.advance(10_000);
  expect(isGranted()).toBe(false);
  await cluster.end(held.release());
  await cluster.end(small);
});

test("demands for the same locks in opposite order do not wait for each other", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const tasks = Array.from({ length: 6 }, async (_, index) => {
    const units = index % 2 === 0 ? { left: 1, right: 1 } : { right: 1, left: 1 };
    const held = await cluster.acquire(index % 2 === 0 ? "d" : "e", `t${index}`, units);
    await held.release();
    return held.token;
  });
  const tokens = await cluster.end(Promise.all(tasks));
  expect(tokens.toSorted()).toEqual([1, 2, 3, 4, 5, 6]);
});

test("who asks again under the same name has the same grant, and releases it once", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const first = await cluster.end(cluster.acquire("d", "one", { licence: 2 }));
  const again = await cluster.end(cluster.acquire("e", "one", { licence: 2 }));
  expect(again.token).toBe(first.token);
  expect((await cluster.usage()).inUse).toEqual({ licence: 2 });
  expect(await cluster.outcome(cluster.acquire("e", "one", { licence: 1 }))).toMatchObject({
    code: "holder-conflict",
    holder: "one",
  });
  expect((await cluster.usage()).inUse).toEqual({ licence: 2 });
  await cluster.end(Promise.all([first.release(), first.release(), again.release()]));
  expect(await cluster.usage()).toMatchObject({ inUse: {}, holders: 0, waiters: 0 });
});

test("more than there is, an unknown group and a demand that is none are refused at once", async () => {
  const cluster = await UnitsCluster.start({ groups: { warehouse: { units: { licence: 3 } } } });
  const refused = (units: Record<string, number>, group = "warehouse") =>
    cluster.outcome(cluster.acquire("d", "t", units, { group }), 1000);
  for (const [units, resource, demand, capacity] of [
    [{ licence: 4 }, "warehouse/licence", 4, 3],
    [{ licence: 1, lock: 1 }, "warehouse/lock", 1, 0],
    [{ constructor: 1 }, "warehouse/constructor", 1, 0],
  ] as const) {
    const why = { code: "unsatisfiable-demand", task: "t", resource, demand, capacity };
    expect(await refused(units)).toMatchObject(why);
  }
  expect(await refused({ licence: 1 }, "nowhere")).toMatchObject({ code: "unsatisfiable-demand" });
  for (const units of [{}, { licence: 0 }, { licence: 0.5 }, { "no name": 1 }]) {
    expect(await refused(units)).toMatchObject({ code: "invalid-value" });
  }
  expect(await cluster.usage()).toMatchObject({ holders: 0, waiters: 0 });
});

test("no more than the limits wait or hold", async () => {
  const cluster = await UnitsCluster.start({ groups, queueLimit: 1, holderLimit: 2 });
  await cluster.end(cluster.acquire("d", "one", { seat: 1 }));
  const two = await cluster.end(cluster.acquire("d", "two", { licence: 3 }));
  const three = cluster.acquire("e", "three", { licence: 1 });
  await cluster.clock.advance(100);
  expect(await cluster.outcome(cluster.acquire("e", "four", { licence: 1 }), 1000)).toMatchObject({
    code: "resource-queue-full",
    retryable: true,
    waiter: "four",
    limit: 1,
  });
  expect(await cluster.outcome(cluster.acquire("e", "five", { seat: 1 }), 1000)).toMatchObject({
    code: "resource-queue-full",
  });
  await cluster.end(two.release());
  await cluster.end(three);
});

test("a wait that is aborted, or too long, ends with its reason and leaves no place behind", async () => {
  const cluster = await UnitsCluster.start({ groups });
  await cluster.end(cluster.acquire("d", "one", { licence: 3 }));
  const stop = new AbortController();
  const aborted = cluster.outcome(
    cluster.acquire("e", "two", { licence: 1 }, { signal: stop.signal }),
  );
  const late = cluster.outcome(cluster.acquire("e", "three", { licence: 1 }, { waitMs: 3000 }));
  await cluster.clock.advance(1000);
  stop.abort(new Error("changed my mind"));
  expect(await aborted).toMatchObject({ message: "changed my mind" });
  expect(await late).toMatchObject({ code: "units-wait", holder: "three", waitMs: 3000 });
  expect(cluster.clock.monotonic()).toBeLessThan(8000);
  await cluster.clock.advance(100);
  expect(await cluster.usage()).toMatchObject({ holders: 1, waiters: 0 });
});

test("units that are held for long are renewed, and cost the journal nothing", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const held = await cluster.end(cluster.acquire("d", "one", { licence: 3 }));
  await cluster.clock.advance(5000);
  const before = (await cluster.journal.read("journal.units.*")).length;
  await cluster.clock.advance(20 * leaseMs);
  expect(held.signal.aborted).toBe(false);
  expect(held.remainingMs).toBeGreaterThan(leaseMs / 2);
  expect(await cluster.usage()).toMatchObject({ held: [{ holder: "one" }] });
  expect((await cluster.journal.read("journal.units.*")).length).toBe(before);
});

test("the units of a holder whose node is killed come back after a lease", async () => {
  const cluster = await UnitsCluster.start({ groups });
  await cluster.end(cluster.acquire("d", "one", { licence: 3 }));
  const next = cluster.acquire("e", "two", { licence: 1 });
  const isGranted = watch(next);
  cluster.kill("d");
  await cluster.clock.advance(leaseMs - 5000);
  expect(isGranted()).toBe(false);
  await cluster.end(next, 20_000);
});

test("a holder that is cut off knows that it has lost its units before they are another's", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const first = await cluster.end(cluster.acquire("d", "one", { licence: 3 }));
  let lostAt = Number.POSITIVE_INFINITY;
  first.signal.addEventListener("abort", () => {
    lostAt = cluster.clock.monotonic();
  });
  const next = cluster.acquire("e", "two", { licence: 3 });
  cluster.network.isolate("d");
  await cluster.end(next);
  expect(lostAt).toBeLessThan(cluster.clock.monotonic());
  expect(first.signal.reason).toMatchObject({ code: "units-lost", holder: "one" });
  expect(first.remainingMs).toBe(0);
  cluster.network.heal();
  await cluster.clock.advance(10_000);
  await cluster.end(first.release());
  expect(await cluster.usage()).toMatchObject({ held: [{ holder: "two" }] });
});

test("a copy of the allocator that others have replaced unheard does not renew from memory", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const owner = cluster.ownerOf("warehouse");
  const first = await cluster.end(cluster.acquire("d", "one", { licence: 3 }));
  // It hears everyone, and the holder hears it; the others do not.
  for (const other of ["a", "b", "c", "e"]) cluster.cut.add(`${owner}>${other}`);
  await cluster.clock.advance(9000);
  const next = cluster.acquire("e", "two", { licence: 3 });
  const isGranted = watch(next);
  for (let second = 0; second < 120; second += 1) {
    await cluster.clock.advance(1000);
    expect(isGranted() && first.remainingMs > 0).toBe(false);
  }
  cluster.cut.clear();
  await cluster.end(first.release());
  await cluster.end(next);
});

test("a place in the queue whose owner is gone does not hold up the others", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const first = await cluster.end(cluster.acquire("e", "one", { licence: 1 }));
  void cluster.acquire("d", "dead", { licence: 3 });
  await cluster.clock.advance(1000);
  cluster.kill("d");
  const next = cluster.acquire("e", "two", { licence: 1 });
  await cluster.end(next, leaseMs + 10_000);
  expect(first.signal.aborted).toBe(false);
});

test("holders and the queue survive the loss of the allocator's node", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const first = await cluster.end(cluster.acquire("d", "one", { licence: 3 }));
  const order: string[] = [];
  const queue = ["two", "three"].map(async (holder) => {
    const held = await cluster.acquire("e", holder, { licence: 3 });
    order.push(holder);
    await held.release();
  });
  await cluster.clock.advance(3000);
  const owner = cluster.ownerOf("warehouse");
  cluster.kill(owner);
  await cluster.clock.advance(2 * leaseMs);
  expect(order).toEqual([]);
  expect(first.signal.aborted).toBe(false);
  expect(await cluster.usage()).toMatchObject({
    held: [{ holder: "one", token: first.token }],
    waiting: [{ holder: "two" }, { holder: "three" }],
  });
  await cluster.end(first.release());
  await cluster.end(Promise.all(queue));
  expect(order).toEqual(["two", "three"]);
});

test("what is released while the allocator's node is lost comes back when another has taken over", async () => {
  const cluster = await UnitsCluster.start({ groups });
  const first = await cluster.end(cluster.acquire("d", "one", { licence: 3 }));
  const second = cluster.acquire("e", "two", { licence: 3 });
  await cluster.clock.advance(1000);
  cluster.kill(cluster.ownerOf("warehouse"));
  await cluster.end(first.release());
  const held: HeldUnits = await cluster.end(second, leaseMs);
  expect(held.token).toBeGreaterThan(first.token);
});

test("the journal of a busy group stays short", async () => {
  const cluster = await UnitsCluster.start({ groups });
  for (let turn = 0; turn < 150; turn += 1) {
    const held = await cluster.end(cluster.acquire("d", `t${turn}`, { licence: 1 }));
    await cluster.end(held.release());
  }
  expect((await cluster.journal.read("journal.units.*")).length).toBeLessThan(110);
  cluster.kill(cluster.ownerOf("warehouse"));
  await cluster.clock.advance(20_000);
  const held = await cluster.end(cluster.acquire("d", "after", { licence: 3 }));
  expect(held.token).toBe(151);
});
