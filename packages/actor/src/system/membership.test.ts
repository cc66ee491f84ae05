import { InMemoryNetwork, seededRandom, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { createActorSystem, defineActor, silentLog } from "../index.ts";
import { counter, counterProtocol } from "./counter.test-data.ts";

let cluster: VirtualCluster;

beforeEach(() => {
  cluster = new VirtualCluster();
});

test("capabilities are found across the cluster while their actors live", async () => {
  const a = cluster.system("a");
  const b = cluster.system("b");
  const ref = a.spawn(counter, { name: "counter", capabilities: ["count"] });
  await cluster.clock.advance(5);
  expect(b.cluster.find("count").map(({ address }) => address)).toEqual(["a/counter"]);
  const c = cluster.system("c");
  await cluster.clock.advance(5);
  expect(c.cluster.find("count").map(({ address }) => address)).toEqual(["a/counter"]);
  await a.stopActor(ref);
  await cluster.clock.advance(5);
  expect(b.cluster.find("count")).toEqual([]);
  await c.stop();
  await cluster.clock.advance(5);
  expect(b.cluster.nodes()).toEqual(["a", "b"]);
});

test("a node whose own timers ran late does not declare the others lost", async () => {
  const b = cluster.system("b");
  const { clock, tracer } = cluster;
  const late = { offset: 0 };
  const sleepy = createActorSystem({
    node: "sleepy",
    ports: {
      transport: cluster.network.connect("sleepy"),
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
  await cluster.clock.advance(1500);
  late.offset = 60_000;
  await cluster.clock.advance(1000);
  expect(sleepy.cluster.nodes()).toEqual(["b", "sleepy"]);
  await b.stop();
});

/** Capabilities that count how often anything is read of them. */
function countedReads(capabilities: readonly string[]) {
  const counted = { reads: 0 };
  const seen = new Proxy(capabilities, {
    get(target, key) {
      counted.reads += 1;
      return Reflect.get(target, key);
    },
  });
  return { counted, seen };
}

test("what it costs to advertise many actors, and to stop them, grows as they do and not as their square", async () => {
  const many = 2000;
  const a = cluster.system("a");
  const b = cluster.system("b");
  const { counted, seen } = countedReads(["count"]);
  const refs = Array.from({ length: many }, () => a.spawn(counter, { capabilities: seen }));
  await cluster.clock.advance(50);
  expect(b.cluster.find("count")).toHaveLength(many);
  await Promise.all(refs.map((ref) => a.stopActor(ref)));
  await cluster.clock.advance(50);
  expect(b.cluster.find("count")).toEqual([]);
  expect(counted.reads).toBeLessThan(50 * many);
});

test("actors that come in a turn each are told of in few notices, though each notice names them all", async () => {
  const many = 2000;
  let bytes = 0;
  const network = new InMemoryNetwork({
    clock: cluster.clock,
    random: seededRandom(1),
    observer: ({ kind, bytes: more }) => {
      if (kind === "published") bytes += more;
    },
  });
  const a = createActorSystem({
    node: "a",
    ports: {
      transport: network.connect("a"),
      clock: cluster.clock,
      random: seededRandom(1),
      tracer: cluster.tracer,
      log: silentLog,
    },
  });
  for (let one = 0; one < many; one += 1) {
    a.spawn(counter, { capabilities: ["count"] });
    await Promise.resolve();
  }
  await cluster.clock.advance(50);
  const bytesOfOne = 60;
  expect(bytes).toBeGreaterThan(many * 10);
  expect(bytes).toBeLessThan(10 * many * bytesOfOne);
});

test("an actor that is ending is no longer found, however long its end takes", async () => {
  const a = cluster.system("a");
  const b = cluster.system("b");
  const { promise: cleaned, resolve: clean } = Promise.withResolvers<void>();
  const slow = defineActor(counterProtocol, (context) => {
    context.onStop(() => cleaned);
    return { increment: () => {}, total: () => 0, crash: () => {} };
  });
  const ref = a.spawn(slow, { capabilities: ["count"] });
  await cluster.clock.advance(5);
  expect(b.cluster.find("count")).toHaveLength(1);
  const stopped = a.stopActor(ref);
  await cluster.clock.advance(5);
  expect(b.cluster.find("count")).toEqual([]);
  clean();
  await stopped;
});
