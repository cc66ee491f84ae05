import { createActorSystem, type Entities, rendezvous } from "@troupe/actor";
import { ResourcePool, UnitsLostError, type UnitsMessages } from "@troupe/orchestration";
import { InMemoryNetwork, seededRandom, VirtualClock } from "@troupe/testkit";
import { expect, test } from "vitest";
import { nodeResourceDesk } from "./resource-desk.ts";
import { resourceRoster } from "./resource-roster.ts";
import { ResourcesCluster } from "./resources-cluster.test-data.ts";

const licence = { resources: { licence: 1 } };

async function twoNodes(
  units: Record<string, number>,
  leaseMs?: number,
  names: readonly string[] = ["n1", "n2"],
): Promise<ResourcesCluster> {
  const cluster = new ResourcesCluster(leaseMs);
  for (const name of names) cluster.node(name, { units });
  await cluster.clock.advance(3000);
  return cluster;
}

test("tasks on two nodes never hold the one licence of the cluster at the same time", async () => {
  const cluster = await twoNodes({ licence: 1 });
  // More than one agent takes on at a time.
  const tasks = Array.from({ length: 24 }, (_, i) => ({ id: `t${i}`, type: "work", ...licence }));
  cluster.publish({ id: "g", kind: "flow", tasks });
  await cluster.clock.advance(120_000);
  expect((await cluster.stateOf("g")).phase).toBe("succeeded");
  expect(cluster.stretches).toHaveLength(24);
  expect(new Set(cluster.stretches.map(({ node }) => node)).size).toBe(2);
  expect(cluster.overlaps()).toEqual([]);
});

test("without a licence among what they name, the same tasks overlap", async () => {
  const cluster = await twoNodes({ licence: 1 });
  const tasks = Array.from({ length: 8 }, (_, i) => ({ id: `t${i}`, type: "work" }));
  cluster.publish({ id: "g", kind: "flow", tasks });
  await cluster.clock.advance(60_000);
  expect(cluster.overlaps()).not.toEqual([]);
});

test("what of the machine does not fit keeps tasks with a licence each from overlapping", async () => {
  const cluster = new ResourcesCluster();
  cluster.node("n1", { has: { cpu: 4000 }, units: { licence: 2 } });
  await cluster.clock.advance(3000);
  const resources = { licence: 1, cpu: 3000 };
  cluster.publish({
    id: "g",
    kind: "flow",
    tasks: ["a", "b"].map((id) => ({ id, type: "work", resources })),
  });
  await cluster.clock.advance(20_000);
  expect((await cluster.stateOf("g")).phase).toBe("succeeded");
  expect(cluster.overlaps()).toEqual([]);
});

test.each([
  { what: "and the allocator with it", names: ["n1", "n2"], isAllocator: true },
  { what: "and the allocator does not", names: ["b", "n1"], isAllocator: false },
])(
  "the licence of a node that dies, $what, comes back with its lease, not before",
  async ({ names, isAllocator }) => {
    const leaseMs = 20_000;
    const cluster = await twoNodes({ licence: 1 }, leaseMs, names);
    const ms = 50_000;
    const tasks = ["a", "b"].map((id) => ({ id, type: "work", input: { ms }, ...licence }));
    cluster.publish({ id: "g", kind: "flow", tasks });
    await cluster.clock.advance(5000);
    const [first] = cluster.stretches;
    expect(cluster.stretches).toHaveLength(1);
    expect(rendezvous("units/cluster", names) === first?.node).toBe(isAllocator);
    const killedAt = cluster.clock.now();
    cluster.kill(first?.node ?? "");
    await cluster.clock.advance(240_000);
    const after = cluster.stretches.filter(({ from }) => from > killedAt);
    expect(after.length).toBeGreaterThanOrEqual(2);
    expect(after[0]?.from).toBeGreaterThan(killedAt + leaseMs / 2);
    expect(after[0]?.from).toBeLessThan(killedAt + 3 * leaseMs);
    expect(after.every(({ node }) => node !== first?.node)).toBe(true);
    expect((await cluster.stateOf("g")).phase).toBe("succeeded");
  },
);

test.each([
  {
    how: "more than the cluster has",
    resources: { licence: 3 },
    error: { code: "unsatisfiable-demand", message: /3 of 'licence', and there is 2/ },
  },
  {
    how: "more than any node has",
    resources: { cpu: 9000 },
    error: { code: "unsatisfiable-demand", message: /9000 of 'cpu', and there is 8000/ },
  },
  {
    how: "a name that nobody has",
    resources: { licens: 1 },
    error: { code: "unknown-resource", message: /'cpu', 'gpu', 'licence'/ },
  },
])("a task that needs $how fails at once, and says what there is", async ({ resources, error }) => {
  const cluster = new ResourcesCluster();
  const units = { licence: 2 };
  cluster.node("n1", { has: { cpu: 4000 }, units });
  cluster.node("n2", { has: { cpu: 8000, gpu: 1 }, units });
  await cluster.clock.advance(3000);
  const retry = { limit: 5, delayMs: 10 };
  cluster.publish({ id: "g", kind: "flow", tasks: [{ id: "t", type: "work", resources, retry }] });
  await cluster.clock.advance(5000);
  const { phase, tasks } = await cluster.stateOf("g");
  expect(phase).toBe("failed");
  expect(tasks["t"]?.attempts).toBe(1);
  expect(tasks["t"]?.error).toMatchObject({
    code: error.code,
    message: expect.stringMatching(error.message),
  });
  expect(cluster.stretches).toEqual([]);
});

test("a task that needs what one node has is left to that node", async () => {
  const cluster = new ResourcesCluster();
  cluster.node("n1");
  cluster.node("n2", { has: { cpu: 4000, gpu: 1 } });
  cluster.node("n3", { has: { cpu: 9000 } });
  await cluster.clock.advance(3000);
  const tasks = [
    ...["a", "b", "c"].map((id) => ({ id, type: "work", resources: { gpu: 1 } })),
    { id: "large", type: "work", resources: { cpu: 8000 } },
  ];
  cluster.publish({ id: "g", kind: "flow", tasks });
  await cluster.clock.advance(30_000);
  expect((await cluster.stateOf("g")).phase).toBe("succeeded");
  const nodeOf = Object.fromEntries(cluster.stretches.map(({ task, node }) => [task, node]));
  expect(nodeOf).toEqual({ a: "n2", b: "n2", c: "n2", large: "n3" });
});

test.each([
  { how: "fails", task: { input: { ms: 100, breaks: true } } },
  { how: "takes too long", task: { input: { ms: 600_000 }, timeoutMs: 2000, retry: { limit: 0 } } },
  { how: "is cancelled", task: { input: { ms: 600_000 } } },
])(
  "the licence of a task that $how is free again long before its lease is over",
  async ({ how, task }) => {
    const cluster = await twoNodes({ licence: 1 }, 3_600_000);
    cluster.publish({
      id: "g",
      kind: "flow",
      tasks: [{ id: "t", type: "work", ...task, ...licence }],
    });
    await cluster.clock.advance(5000);
    if (how === "is cancelled") cluster.publish({ command: "cancel", goal: "g" });
    await cluster.clock.advance(5000);
    expect((await cluster.stateOf("g")).phase).toBe(
      how === "is cancelled" ? "cancelled" : "failed",
    );
    cluster.publish({ id: "h", kind: "flow", tasks: [{ id: "next", type: "work", ...licence }] });
    await cluster.clock.advance(8000);
    expect((await cluster.stateOf("h")).phase).toBe("succeeded");
  },
);

test("a goal that is cancelled while it waits for the licence gives up its place", async () => {
  const cluster = await twoNodes({ licence: 1 }, 3_600_000);
  const flow = (id: string, ms: number) => ({
    id,
    kind: "flow",
    tasks: [{ id: "t", type: "work", input: { ms }, ...licence }],
  });
  cluster.publish(flow("holds", 30_000));
  await cluster.clock.advance(2000);
  cluster.publish(flow("waits", 1000));
  await cluster.clock.advance(3000);
  cluster.publish({ command: "cancel", goal: "waits" });
  await cluster.clock.advance(3000);
  cluster.publish(flow("next", 1000));
  await cluster.clock.advance(60_000);
  expect((await cluster.stateOf("waits")).phase).toBe("cancelled");
  expect((await cluster.stateOf("next")).phase).toBe("succeeded");
  expect(cluster.stretches).toHaveLength(2);
});

test("nodes that disagree about the units of the cluster say so, naming both values", async () => {
  const cluster = new ResourcesCluster();
  cluster.node("n1", { units: { licence: 2, warehouse: 1 } });
  cluster.node("n2", { units: { licence: 1, warehouse: 1 } });
  cluster.node("n3", { units: { warehouse: 1, licence: 2 } });
  await cluster.clock.advance(20_000);
  const told = cluster.warnings.filter((text) => text.includes("disagree"));
  expect(told).toHaveLength(4);
  expect(told.find((text) => text.startsWith("n1"))).toContain(
    "'n1' has 'licence=2,warehouse=1', 'n2' has 'licence=1,warehouse=1'",
  );
  expect(told.find((text) => text.startsWith("n3"))).toContain("TROUPE_UNITS");
});

test("whoever loses its lease is told by a typed error that may be tried again", async () => {
  const clock = new VirtualClock();
  const network = new InMemoryNetwork({ clock, random: seededRandom(1) });
  const system = createActorSystem({
    node: "n1",
    ports: { transport: network.connect("n1"), clock, random: seededRandom(2) },
  });
  const said: string[] = [];
  const ask = async (type: string) => {
    said.push(type);
    return type === "acquire" ? { status: "held", token: 1, leaseMs: 3000 } : { held: false };
  };
  const allocators = { kind: "units", ref: () => ({ ask }) } as unknown as Entities<UnitsMessages>;
  const pool = new ResourcePool({ capacity: { cpu: 1000 }, clock });
  const units = { licence: 1 };
  const desk = nodeResourceDesk({
    pool,
    units: { total: units, allocators },
    roster: resourceRoster(system, { node: { cpu: 1000 }, cluster: units }),
    clock,
    random: seededRandom(3),
  });
  const { signal } = new AbortController();
  const demand = { goal: "g", task: "t", priority: 0, resources: { licence: 1, cpu: 1000 } };
  const held = await desk.acquire(demand, { signal });
  const waits = desk.acquire({ ...demand, task: "u" }, { signal });
  const failure = waits.catch((error: unknown) => error);
  await clock.advance(2000);
  expect(held.lost?.reason).toBeInstanceOf(UnitsLostError);
  expect(held.lost?.reason).toMatchObject({ code: "units-lost", retryable: true });
  // So is who waits for the machine with a licence in hand.
  expect(await failure).toBeInstanceOf(UnitsLostError);
  held.release();
  expect(pool.usage()).toMatchObject({ held: [], waiting: [], free: { cpu: 1000 } });
  expect(said).toContain("renew");
  await system.stop();
});
