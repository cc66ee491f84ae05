import { seededRandom, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { createActorSystem, silentLog } from "../index.ts";
import { counter } from "./counter.test-data.ts";

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
