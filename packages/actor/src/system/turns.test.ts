import { settled, VirtualCluster } from "@troupe/testkit";
import { beforeEach, expect, test } from "vitest";
import { z } from "zod";
import { defineActor, defineProtocol, message, query } from "../index.ts";
import { within } from "./counter.test-data.ts";

let cluster: VirtualCluster;

beforeEach(() => {
  cluster = new VirtualCluster();
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
  const ref = cluster.system("a").spawn(door, { name: "door" });
  ref.tell("enter", { who: "ann" });
  ref.tell("enter", { who: "bob" });
  ref.tell("open", {});
  ref.tell("enter", { who: "cyd" });
  await settled();
  expect(entered).toEqual(["ann", "bob", "cyd"]);
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
  const ref = cluster.system("a").spawn(waiter, { name: "waiter" });
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
  const system = cluster.system("a");
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
  const ref = cluster.system("a").spawn(stasher, { name: "stasher" });
  const answer = ref.ask("look", {}, within);
  await settled();
  ref.tell("open", {});
  expect(await answer).toBe(7);
});
