import { settled, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor, defineProtocol, message, query } from "../index.ts";
import { counter, counterProtocol, within } from "./counter.test-data.ts";

let cluster: VirtualCluster;

beforeEach(() => {
  cluster = new VirtualCluster();
});

test("a crashed actor is restarted with fresh state, after its back-off, and keeps its mailbox", async () => {
  const ref = cluster.system("a").spawn(counter, { name: "counter" });
  ref.tell("increment", { by: 5 });
  ref.tell("crash", {});
  ref.tell("increment", { by: 2 });
  await settled();
  expect(cluster.events.find(({ kind }) => kind === "restarted")).toMatchObject({ restarts: 1 });
  const total = ref.ask("total", {}, { withinMs: 60_000 });
  await cluster.clock.advance(200);
  expect(await total).toBe(2);
});

test("a failure beyond the intensity stops the actor for good", async () => {
  const ref = cluster.system("a").spawn(counter, { name: "counter" });
  for (let round = 0; round < 7; round += 1) {
    ref.tell("crash", {});
    await cluster.clock.advance(4000);
  }
  expect(cluster.events.filter(({ kind }) => kind === "restarted")).toHaveLength(5);
  expect(cluster.events.some(({ kind }) => kind === "escalated")).toBe(true);
  expect(
    cluster.events.some((event) => event.kind === "stopped" && event.error !== undefined),
  ).toBe(true);
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
  const system = cluster.system("a");
  system.spawn(parent, { name: "parent" });
  starts.length = 0;
  system.ref(counterProtocol, "a/parent/two").tell("crash", {});
  await cluster.clock.advance(500);
  expect(starts).toEqual(expected);
});

test("temporary actors are not restarted, transient ones only after a failure", async () => {
  const system = cluster.system("a");
  const temporary = system.spawn(counter, { name: "temporary", restart: "temporary" });
  temporary.tell("crash", {});
  await cluster.clock.advance(500);
  await expect(temporary.ask("total", {}, within)).rejects.toMatchObject({ stage: "unreachable" });
  const transient = system.spawn(counter, { name: "transient", restart: "transient" });
  transient.tell("crash", {});
  await cluster.clock.advance(500);
  expect(await transient.ask("total", {}, within)).toBe(0);
});

test("an actor that stops itself stays stopped, unless it is permanent", async () => {
  const starts: string[] = [];
  const leaver = (name: string) =>
    defineActor(defineProtocol("leaver", { leave: message(z.object({})) }), (context) => {
      starts.push(name);
      return { leave: () => context.stop() };
    });
  const system = cluster.system("a");
  const transient = system.spawn(leaver("transient"), { name: "transient" });
  const permanent = system.spawn(leaver("permanent"), { name: "permanent", restart: "permanent" });
  transient.tell("leave", {});
  permanent.tell("leave", {});
  await cluster.clock.advance(500);
  expect(starts).toEqual(["transient", "permanent", "permanent"]);
  await system.stopActor(permanent);
  await cluster.clock.advance(500);
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
  const system = cluster.system("a");
  const ref = system.spawn(patient, { name: "patient" });
  ref.tell("increment", { by: 1 });
  await cluster.clock.advance(5000);
  const [poison] = system.quarantine.list();
  expect(poison).toMatchObject({ actor: "a/patient", type: "increment", failures: 3 });
  healthy = true;
  expect(system.quarantine.replay(poison?.id ?? "")).toBe(true);
  expect(await ref.ask("total", {}, within)).toBe(1);
  expect(system.quarantine.list()).toEqual([]);
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
  const ref = cluster.system("a").spawn(tidy, { name: "tidy" });
  ref.tell("crash", {});
  await cluster.clock.advance(500);
  expect(order).toEqual(["setup"]);
  release();
  await settled();
  expect(order).toEqual(["setup", "cleaned", "setup"]);
});
